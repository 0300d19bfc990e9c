"""Report the progress of a training to the user's and to scikit-learn's callbacks."""

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
        """Replaces scikit-learn's mixin before version 1.9, which has no callbacks."""

        def _init_callback_context(self, **params: Any) -> NoTask:
            return NoTask()

    def with_callbacks(method: Callable[..., Any]) -> Callable[..., Any]:
        """Return the method as it is."""
        return method


__all__ = ["CallbackSupportMixin", "ClassTasks", "NoTask", "Watch", "with_callbacks"]


class NoTask:
    """A task for scikit-learn's callbacks that reports to nobody."""

    def subcontext(self, **params: Any) -> NoTask:
        """Return a subtask."""
        return self

    def call_on_fit_task_begin(self, **params: Any) -> NoTask:
        """Report nothing."""
        return self

    def call_on_fit_task_end(self, **params: Any) -> bool:
        """Report nothing, and never stop the training."""
        return False


@dataclass(frozen=True)
class Watch:
    """Report each evaluation of the training of one class.

    Parameters
    ----------
    label : object
        The class.

    callback : callable or None
        The user's callback, which receives a dict.

    task : CallbackContext or NoTask
        The task of the training, for scikit-learn's callbacks.

    estimator : object, default=None
        The sampler, for scikit-learn's callbacks.
    """

    label: Any
    callback: Callable[[dict[str, Any]], Any] | None
    task: Any
    estimator: Any = None

    def __call__(self, history: History) -> bool:
        """Report the last evaluation; return whether training should stop."""
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
    """The trainings of all classes, as tasks for scikit-learn's callbacks.

    Parameters
    ----------
    sampler : GANOverSampler
        The sampler being fitted.

    fit_task : CallbackContext or NoTask
        The task of the whole fit.

    n_looks : int
        Number of evaluations of each training, unless it stops early.

    in_process : bool
        Whether classes are trained in this process. Other processes can't reach
        scikit-learn's callbacks, which then only learn about whole classes.

    callback : callable or None, default=None
        The user's callback.
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
        """Report the start of the training of a class.

        Parameters
        ----------
        label : object
            The class.

        Returns
        -------
        watch : Watch
            To be called at each evaluation, in whatever process.
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
        """Report the end of the training of a class.

        Parameters
        ----------
        label : object
            The class.
        """
        self.tasks.pop(label).call_on_fit_task_end(estimator=self.sampler)

    def end_all(self) -> None:
        """Report the end of all trainings."""
        self.fit_task.call_on_fit_task_end(estimator=self.sampler)
