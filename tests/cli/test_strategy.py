import pytest
from small_tables import FAST, read, small

from gansampler.cli.strategy import read_strategy

COUNTS = {"a": 90, "b": 20, "c, d": 10}
NAMES = {name: name for name in COUNTS}


@pytest.mark.parametrize(
    ("given", "strategy"),
    [
        ([], "auto"),
        (["minority"], "minority"),
        (["not-minority"], "not minority"),
        (["0.5"], 0.5),
        (["50"], {"b": 50, "c, d": 50}),
        (["b=30", "c, d=40"], {"b": 30, "c, d": 40}),
    ],
)
def test__read_strategy__what_people_write__understood(given, strategy):
    assert read_strategy(given, COUNTS, NAMES) == strategy


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["most"], "--strategy 'most' must be one of auto, .* such as a=500"),
        (["1.5"], "must be a ratio up to 1 or a whole number of rows"),
        (
            ["z=3"],
            "names the class 'z', which does not exist. The classes are 'a', 'b'",
        ),
        (["b=many"], "needs a number of rows, such as b=500"),
        (["b=3"], "class 'b' already has 20 rows"),
    ],
)
def test__read_strategy__what_can_t_be__told_in_words_of_the_option(given, message):
    with pytest.raises(ValueError, match=message):
        read_strategy(given, COUNTS, NAMES)


@pytest.mark.parametrize("strategy", ["true=25", "25"])
def test__resample__rows_of_a_class__as_many(run, strategy):
    text = "x,y\n" + "".join(
        f"{k * 1.5},{str(k % 3 == 0).lower()}\n" for k in range(60)
    )
    options = ["--strategy", strategy, *FAST]
    done = run("resample", small(text), "-t", "y", "-o", "out.csv", *options)
    assert done.exit_code == 0, done.output
    assert read("out.csv").frame["y"].sum() == 25
