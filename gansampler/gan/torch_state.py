"""What torch keeps for the whole process, left as the caller had it."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

_lock = threading.RLock()
_inside: set[object] = set()
_outer: dict[str, Any] = {}

_random_lock = threading.RLock()


def draw_seed(rng: torch.Generator) -> int:
    """Draw a seed for what can't be handed `rng` itself."""
    return int(torch.randint(2**31 - 1, (1,), generator=rng, device=rng.device))


@contextmanager
def own_settings() -> Iterator[None]:
    """Let torch compute as this package needs it within, and as it did before without.

    That is on one thread, because networks this small run several times slower on two,
    in float32, on the CPU unless said otherwise, with gradients and without autocast.
    Each of these would change the last digits of the rows, or let a training fail.
    """
    with _own_process_settings(), ExitStack() as stack:
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.enable_grad())
        for kind in ("cpu", "cuda"):
            if torch.is_autocast_enabled(kind):
                stack.enter_context(torch.autocast(kind, enabled=False))
        if math.ulp(0.0) * 1.0 == 0:  # numbers next to zero are flushed to it
            torch.set_flush_denormal(False)
            stack.callback(torch.set_flush_denormal, True)
        # Only where it is needed: within, each call takes longer.
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        yield


@contextmanager
def _own_process_settings() -> Iterator[None]:
    """Set what is one for the whole process; the last at work restores it."""
    token = object()
    # All within `try`, because an interruption may come between any two of them.
    try:
        with _lock:
            # Asked for in each thread: one that has not been asked yet takes the number
            # with its first operation, which may be what another has restored by then.
            n_threads = torch.get_num_threads()
            if not _inside:
                _outer["n_threads"] = n_threads
                _outer["dtype"] = torch.get_default_dtype()
                _outer["precision"] = torch.get_float32_matmul_precision()
            _inside.add(token)
            torch.set_num_threads(1)
            torch.set_default_dtype(torch.float32)
            torch.set_float32_matmul_precision("highest")
        yield
    finally:
        with _lock:
            if token in _inside:
                torch.set_num_threads(_outer["n_threads"])
                _inside.discard(token)
                if not _inside:
                    torch.set_default_dtype(_outer["dtype"])
                    torch.set_float32_matmul_precision(_outer["precision"])


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
