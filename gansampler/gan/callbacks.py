"""Who is told of a training while it runs: the user, and scikit-learn's callbacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gansampler.gan.history import History
from gansampler.utils.formatting import as_written, printable

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # before scikit-learn 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stands in where scikit-learn has no callbacks yet; none can be set."""

        def _init_callback_context(self, **params: Any) -> NoTask:
            return NoTask()

    def with_callbacks(method: Callable[..., Any]) -> Callable[..., Any]:
        """Return the method as it is."""
        return method


__all__ = ["CallbackSupportMixin", "ClassTasks", "NoTask", "Watch", "with_callbacks"]


class NoTask:
    """A task of scikit-learn's callbacks of which nobody is told."""

    def subcontext(self, **params: Any) -> NoTask:
        """Return a task within."""
        return self

    def call_on_fit_task_begin(self, **params: Any) -> NoTask:
        """Tell nobody that it begins."""
        return self

    def call_on_fit_task_end(self, **params: Any) -> bool:
        """Tell nobody that it ends, so that nobody wants to stop."""
        return False


@dataclass(frozen=True)
class Watch:
    """Tell of each look at the training of one class.

    Parameters
    ----------
    label : object
        The class.

    callback : callable or None
        The user's; it gets a dict of numbers.

    task : CallbackContext or NoTask
        The task of scikit-learn's callbacks that the training is.

    estimator : object, default=None
        The sampler, of which they are told.
    """

    label: Any
    callback: Callable[[dict[str, Any]], Any] | None
    task: Any
    estimator: Any = None

    def __call__(self, history: History) -> bool:
        """Tell of the last look; give whether someone wants the training to stop."""
        step = self.task.subcontext(task_name="look")
        step.call_on_fit_task_begin(estimator=self.estimator)
        stop = step.call_on_fit_task_end(estimator=self.estimator)
        if self.callback is not None:
            stop |= bool(self.callback(self._describe(history)))
        return stop

    def _describe(self, history: History) -> dict[str, Any]:
        return {
            "label": as_written(self.label),
            "iteration": history.iteration[-1],
            "critic_loss": history.critic_loss[-1],
            "generator_loss": history.generator_loss[-1],
            "fidelity": history.fidelity[-1],
            "best_iteration": history.best_iteration,
        }


class ClassTasks:
    """The trainings of all classes, as tasks of scikit-learn's callbacks.

    Parameters
    ----------
    sampler : GANOverSampler
        Whose classes are trained.

    fit_task : CallbackContext or NoTask
        The task that they are part of.

    n_looks : int
        Looks at each training, if none stops early.

    in_process : bool
        Whether classes are trained in this process. From another one scikit-learn's
        callbacks can't be reached: they are then told of whole classes only.

    callback : callable or None, default=None
        The user's.
    """

    def __init__(
        self,
        sampler: Any,
        fit_task: Any,
        n_looks: int,
        in_process: bool,
        callback: Callable[[dict[str, Any]], Any] | None = None,
    ) -> None:
        self.sampler = sampler
        self.callback = callback
        self.fit_task = fit_task.call_on_fit_task_begin(estimator=sampler)
        self.n_looks = n_looks
        self.in_process = in_process
        self.tasks: dict[Any, Any] = {}

    def begin(self, label: Any) -> Watch:
        """Tell that the training of a class begins; give who is told of its looks.

        Parameters
        ----------
        label : object
            The class.

        Returns
        -------
        watch : Watch
            What is called after each look, wherever that is.
        """
        task = self.fit_task.subcontext(
            task_name=f"class {printable(label)}",
            max_subtasks=self.n_looks if self.in_process else 0,
        )
        self.tasks[label] = task.call_on_fit_task_begin(estimator=self.sampler)
        if self.in_process:
            return Watch(label, self.callback, task, self.sampler)
        return Watch(label, self.callback, NoTask())

    def end(self, label: Any) -> None:
        """Tell that the training of a class has ended.

        Parameters
        ----------
        label : object
            The class.
        """
        self.tasks.pop(label).call_on_fit_task_end(estimator=self.sampler)

    def end_all(self) -> None:
        """Tell that all trainings have ended."""
        self.fit_task.call_on_fit_task_end(estimator=self.sampler)
