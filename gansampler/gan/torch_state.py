"""What torch keeps for the whole process, left as the caller had it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

_thread_lock = threading.RLock()
_inside: set[object] = set()
_outer = {"n_threads": 1}

_random_lock = threading.RLock()


def draw_seed(rng: torch.Generator) -> int:
    """Draw a seed for what can't be handed `rng` itself."""
    return int(torch.randint(2**31 - 1, (1,), generator=rng, device=rng.device))


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread within, and what it used before without.

    Networks this small run several times slower on two threads than on one, and the
    number of threads would change the last digits of the rows. The number is one for
    the whole process, so that the last of several samplers at work restores it.
    """
    token = object()
    # All within `try`, because an interruption may come between any two of them.
    try:
        with _thread_lock:
            # Asked for in each thread: one that has not been asked yet takes the number
            # with its first operation, which may be what another has restored by then.
            before = torch.get_num_threads()
            if not _inside:
                _outer["n_threads"] = before
            _inside.add(token)
            torch.set_num_threads(1)
        yield
    finally:
        with _thread_lock:
            if token in _inside:
                torch.set_num_threads(_outer["n_threads"])
                _inside.discard(token)


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
