import joblib
import numpy as np
import pytest
from joblib import parallel_config
from sklearn.linear_model import LogisticRegression
from sklearn.utils.parallel import delayed
from tables import assert_same, quick

from gansampler.evaluation.comparison import compare_samplers
from gansampler.utils.parallel import run_jobs

BACKENDS = ["loky", "threading", "sequential", "multiprocessing"]


@pytest.mark.processes
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("n_jobs", [None, 1, 2])
def test__run_jobs__any_backend__results_in_order(backend, n_jobs):
    with parallel_config(backend=backend, n_jobs=1):
        assert list(run_jobs((delayed(abs)(-k) for k in range(5)), n_jobs)) == [
            *range(5)
        ]


def test__run_jobs__in_this_process__one_job_at_a_time():
    done = []
    results = iter(run_jobs((delayed(done.append)(k) for k in range(9)), 1))
    next(results)
    assert len(done) < 9
    list(results)


@pytest.fixture(scope="module")
def table():
    X = np.random.default_rng(0).normal(size=(120, 3))
    return X, np.repeat([0, 1, 2], [70, 25, 25])


@pytest.mark.processes
def test__fit_resample__multiprocessing__same_rows(table):
    expected = quick().fit_resample(*table)[0]
    with parallel_config(backend="multiprocessing", n_jobs=2):
        assert_same(quick().fit_resample(*table)[0], expected)


@pytest.mark.processes
def test__compare_samplers__multiprocessing__same_scores(table):
    def scores():
        result = compare_samplers(
            *table,
            quick(),
            LogisticRegression(),
            cv=2,
            tune_threshold=False,
            random_state=0,
        )
        return result.results.drop(columns="seconds", errors="ignore")

    expected = scores()
    with parallel_config(backend="multiprocessing", n_jobs=2):
        found = scores()
    times = [name for name in expected if "time" in name or "second" in name]
    assert_same(found.drop(columns=times), expected.drop(columns=times))


def test__joblib__has_what_backends_are_asked_for():
    backend, _ = joblib.parallel.get_active_backend()
    assert backend.supports_return_generator
