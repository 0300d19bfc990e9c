import pytest

from gansampler.utils.rollback import all_or_nothing


class Sampler:
    """What a parameter and an attribute of a fit are told by."""

    def __init__(self):
        self.parameter = 1


def fit(sampler, error=None):
    with all_or_nothing(sampler):
        sampler.generators_ = sampler.parameter
        sampler._container = "new"
        sampler.parameter = 2
        if error is not None:
            raise error


@pytest.mark.parametrize("error", [ValueError(), KeyboardInterrupt()], ids=repr)
def test__all_or_nothing__error_in_a_first_fit__nothing_fitted(error):
    sampler = Sampler()
    with pytest.raises(type(error)):
        fit(sampler, error)
    assert vars(sampler) == {"parameter": 2}


def test__all_or_nothing__error_in_a_second_fit__as_by_the_first():
    sampler = Sampler()
    fit(sampler)
    with pytest.raises(ValueError, match="second"):
        fit(sampler, ValueError("second"))
    assert vars(sampler) == {"parameter": 2, "generators_": 1, "_container": "new"}
