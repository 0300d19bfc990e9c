"""What torch keeps for the whole process, left as the caller had it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

_thread_lock = threading.Lock()
_thread_state = {"depth": 0, "outer": 1}

_random_lock = threading.RLock()


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread within, and what it used before without.

    Networks this small run several times slower on two threads than on one, and the
    number of threads would change the last digits of the rows. The number is one for
    the whole process, so that the last of several samplers at work restores it.
    """
    with _thread_lock:
        # Asked for in each thread: one that has not been asked yet takes the number
        # with its first operation, which may be what another has restored by then.
        before = torch.get_num_threads()
        if _thread_state["depth"] == 0:
            _thread_state["outer"] = before
        _thread_state["depth"] += 1
        torch.set_num_threads(1)
    try:
        yield
    finally:
        with _thread_lock:
            _thread_state["depth"] -= 1
            torch.set_num_threads(_thread_state["outer"])


@contextmanager
def own_random_state(seed: int) -> Iterator[None]:
    """Let what draws from torch's global random state follow `seed` within.

    For what can't be handed a generator: a user's own layers, dropout among them, and
    some of torch's. Threads wait for each other, because the state is one for all.
    """
    devices = range(torch.cuda.device_count())
    with _random_lock, torch.random.fork_rng(devices):
        torch.manual_seed(seed)
        yield
