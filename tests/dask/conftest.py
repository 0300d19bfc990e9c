import dask
import pytest


@pytest.fixture(autouse=True)
def one_process():
    """Without a cluster, compute here and now."""
    with dask.config.set(scheduler="sync"):
        yield
