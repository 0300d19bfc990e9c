"""Hostile tables: a clear refusal before any training, or rows of which all holds.

``HYPOTHESIS_PROFILE=nightly`` draws thousands of cases, new ones each time.
"""

import pytest
from hostile_cases import cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invariants import (
    assert_repeats,
    assert_samples,
    digest,
    digests,
    refusal_or_rows,
)
from joblib import Parallel, delayed

# More than of other properties, as this is the one place that sees whole tables.
N_CASES = 4 * settings().max_examples


@pytest.mark.slow
@given(cases())
@settings(
    max_examples=N_CASES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test__any_call__refused_or_right(monkeypatch, case):
    fitted = refusal_or_rows(case, monkeypatch)
    if fitted is not None:
        assert_repeats(case, *fitted)
        assert_samples(case, fitted[0])


@pytest.mark.processes
@given(st.lists(cases(), min_size=40, max_size=40))
@settings(max_examples=max(N_CASES // 160, 1), suppress_health_check=list(HealthCheck))
def test__any_call__same_in_other_processes(drawn):
    drawn = [case for case in drawn if not case.is_large]
    here = [digest(case) for case in drawn]
    # Half of the cases, because starting each training in a process takes a while.
    side_by_side = [digest(case, n_jobs=2) for case in drawn[::2]]
    assert side_by_side == here[::2]
    # The others in a process that is there already, whose seed of hashes is another.
    ((seed, there),) = Parallel(n_jobs=2)([delayed(digests)(drawn)])
    assert seed != hash("seed")
    assert there == here
