"""A progress bar for a comparison that estimates the time left."""

from __future__ import annotations

from collections import Counter
from types import TracebackType

from tqdm.auto import tqdm


class TimeLeft:
    """A progress bar that estimates the time left for each sampler separately.

    An average over all trials would be far off: the trials without resampling come
    first, and they take almost no time compared with training a GAN.

    Parameters
    ----------
    trials : list of str
        The sampler of each planned trial.

    n_workers : int
        Number of trials that run at the same time.

    visible : bool
        Whether to show the bar.
    """

    def __init__(self, trials: list[str], n_workers: int, visible: bool) -> None:
        self._left = Counter(trials)
        self._n_workers = n_workers
        self._seconds: dict[str, list[float]] = {name: [] for name in self._left}
        self._bar = tqdm(
            total=len(trials),
            desc="compare",
            disable=not visible,
            bar_format="{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}{postfix}]",
        )

    def update(self, sampler: str, seconds: float) -> None:
        """Record a finished trial.

        Parameters
        ----------
        sampler : str
            The sampler of the trial.

        seconds : float
            The duration of the trial.
        """
        self._left[sampler] -= 1
        self._seconds[sampler].append(seconds)
        self._bar.set_postfix_str(self._say_left(), refresh=False)
        self._bar.update()

    def _say_left(self) -> str:
        """Estimate the time left from the earlier trials of each sampler.

        There is no estimate until every sampler has finished a trial.
        """
        if not all(self._seconds.values()):
            return "estimating the time left"
        seconds = sum(
            n * sum(self._seconds[name]) / len(self._seconds[name])
            for name, n in self._left.items()
        )
        return f"about {say_duration(seconds / self._n_workers)} left"

    def __enter__(self) -> TimeLeft:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.close()


def say_duration(seconds: float) -> str:
    """Write a duration in a readable unit.

    Parameters
    ----------
    seconds : float
        The duration.

    Returns
    -------
    text : str
        For example "50 s", "4 min" or "1.5 h".

    Examples
    --------
    >>> from gansampler.evaluation.comparison.progress import say_duration
    >>> [say_duration(seconds) for seconds in (0.2, 48, 240, 5400)]
    ['1 s', '48 s', '4 min', '1.5 h']
    """
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
