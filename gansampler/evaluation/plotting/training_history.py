"""How the training of one class went: losses and fidelity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gansampler.evaluation.class_rows import find_label
from gansampler.evaluation.plotting.style import (
    INK,
    OTHERS,
    REAL,
    SYNTHETIC,
    Style,
    merge_style,
    set_title,
    take_panels,
    write_instead,
)
from gansampler.utils.formatting import as_written

if TYPE_CHECKING:
    from gansampler.gan.history import History


class TrainingHistoryDisplay:
    """Losses and fidelity of the training of one class.

    Above are the losses of generator and critic, which play against each other and
    need not fall; below are the fidelity statistic, the distance between real and
    generated rows, and the iteration at which it was lowest, whose generator was kept.

    It is recommended to use :meth:`from_sampler`. All parameters are stored as
    attributes.

    Parameters
    ----------
    history : History
        The record of the training.

    label : object, default=None
        The class, for the title.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure.

    bounding_ax_ : matplotlib axes or None
        The axes that the panels divide, None where several were given.

    axes_ : ndarray of matplotlib axes, of shape (2,)
        The losses, and the fidelity.

    lines_ : list of matplotlib Line2D
        The critic's loss, the generator's and the fidelity.

    See Also
    --------
    MarginalsDisplay : What came of it, column by column.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from gansampler import GANOverSampler, TabularGAN
    >>> from gansampler.evaluation.plotting import TrainingHistoryDisplay
    >>> X, y = make_classification(weights=[0.8], random_state=0)
    >>> sampler = GANOverSampler(TabularGAN(max_iter=50), random_state=0)
    >>> _ = sampler.fit_resample(X, y)
    >>> TrainingHistoryDisplay.from_sampler(sampler)
    <...>
    """

    def __init__(self, history: History, *, label: Any = None) -> None:
        self.history = history
        self.label = label

    @classmethod
    def from_sampler(
        cls,
        sampler: Any,
        *,
        label: Any = None,
        ax: Any = None,
        line_kw: Style = None,
        best_kw: Style = None,
    ) -> TrainingHistoryDisplay:
        """Draw the training of one class.

        Parameters
        ----------
        sampler : GANOverSampler
            A fitted sampler.

        label : object, default=None
            The class; it may be left out where there is one generator.

        ax : matplotlib axes or array-like of 2 axes, default=None
            Where to draw: one axes is divided into two panels.

        line_kw : dict, default=None
            Keywords of the lines.

        best_kw : dict, default=None
            Keywords of the line that marks the iteration that was kept.

        Returns
        -------
        display : TrainingHistoryDisplay
            What was drawn.

        Raises
        ------
        ValueError
            If `label` has no generator, or is left out where there are several.
        """
        label = find_label(sampler, label)
        display = cls(sampler.history_[label], label=as_written(label))
        return display.plot(ax, line_kw=line_kw, best_kw=best_kw)

    def plot(
        self, ax: Any = None, *, line_kw: Style = None, best_kw: Style = None
    ) -> TrainingHistoryDisplay:
        """Draw.

        Parameters
        ----------
        ax : matplotlib axes or array-like of 2 axes, default=None
            Where to draw: one axes is divided into two panels.

        line_kw : dict, default=None
            Keywords of the lines.

        best_kw : dict, default=None
            Keywords of the line that marks the iteration that was kept.

        Returns
        -------
        display : TrainingHistoryDisplay
            What was drawn.
        """
        self.figure_, self.bounding_ax_, self.axes_ = take_panels(
            ax, 2, 1, "TrainingHistoryDisplay", (6.4, 4.8)
        )
        losses, fidelity = self.axes_
        losses.set_ylabel("loss")
        fidelity.set(xlabel="iteration", ylabel="distance to real rows")
        set_title(losses, "Training", self.label)
        losses.tick_params(labelbottom=False)
        self.lines_: list[Any] = []
        if self.history.iteration:
            self._draw_lines(line_kw)
            if self.history.best_iteration:
                self._mark_best(best_kw)
        else:
            write_instead(losses, explain_no_history(self.history))
        return self

    def _draw_lines(self, line_kw: Style) -> None:
        from matplotlib.lines import Line2D

        history, (losses, fidelity) = self.history, self.axes_
        curves = [
            (losses, history.critic_loss, "critic", OTHERS, "-"),
            (losses, history.generator_loss, "generator", SYNTHETIC, "--"),
            (fidelity, history.fidelity, None, REAL, "-"),
        ]
        for ax, values, name, colour, dashes in curves:
            # With a marker, because a short training was looked at only once.
            defaults = {"label": name, "color": colour, "linestyle": dashes}
            style = merge_style({"marker": ".", **defaults}, line_kw, Line2D)
            self.lines_ += ax.plot(history.iteration, values, **style)
        losses.legend()
        fidelity.set_xlim(losses.get_xlim())
        fidelity.set_ylim(bottom=0)

    def _mark_best(self, best_kw: Style) -> None:
        from matplotlib.lines import Line2D

        best = self.history.best_iteration
        defaults = {"color": INK, "linestyle": ":", "label": f"kept: iteration {best}"}
        style = merge_style(defaults, best_kw, Line2D)
        self.axes_[0].axvline(best, **{**style, "label": None})
        self.axes_[1].axvline(best, **style)
        self.axes_[1].legend()


def explain_no_history(history: History) -> str:
    """Return a sentence on why a training has no losses to show."""
    if history.epsilon is not None:
        return "Private training keeps no losses: they would tell of the rows."
    return "No training was recorded, as none is needed for a smoothed bootstrap."
