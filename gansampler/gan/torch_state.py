"""Isolate torch's process-wide state, so that callers find it unchanged."""

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
    """Draw a seed for code that does not accept `rng` itself."""
    return int(torch.randint(2**31 - 1, (1,), generator=rng, device=rng.device))


@contextmanager
def own_settings() -> Iterator[None]:
    """Set torch's global settings within the context, and restore them afterwards.

    torch then computes on one thread, because networks this small are several times
    slower on two, in float32, on the CPU unless specified otherwise, with gradients and
    without autocast. Other settings would change the last digits of the rows or make a
    training fail.
    """
    with _own_process_settings(), ExitStack() as stack:
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.enable_grad())
        for kind in ("cpu", "cuda"):
            if torch.is_autocast_enabled(kind):
                stack.enter_context(torch.autocast(kind, enabled=False))
        if math.ulp(0.0) * 1.0 == 0:  # denormal numbers are flushed to zero
            torch.set_flush_denormal(False)
            stack.callback(torch.set_flush_denormal, True)
        # Only if needed, because it makes every call slower.
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        yield


@contextmanager
def _own_process_settings() -> Iterator[None]:
    """Change process-wide settings; the last active context restores them."""
    token = object()
    # Everything inside `try`, because an interrupt may come at any point.
    try:
        with _lock:
            # Ask in each thread. Otherwise a new thread reads the number in its first
            # operation, when another thread may have restored it already.
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
    """Seed torch's global random state within the context, and restore it afterwards.

    This is for code that does not accept a generator: a user's own layers, such as
    dropout, and some of torch's. Threads wait for each other, because they share the
    state.
    """
    devices = range(torch.cuda.device_count())
    with _random_lock, torch.random.fork_rng(devices):
        torch.manual_seed(seed)
        yield
