"""The course of one class's training: losses and fidelity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gansampler.evaluation.class_rows import find_label
from gansampler.evaluation.plotting.style import (
    INK,
    OTHERS,
    REAL,
    SYNTHETIC,
    Style,
    legend_above,
    merge_style,
    set_title,
    take_panels,
    whole_ticks,
    write_instead,
)
from gansampler.utils.formatting import as_written

if TYPE_CHECKING:
    from gansampler.gan.history import History


class TrainingHistoryDisplay:
    """Losses and fidelity over the training of one class.

    The upper panel shows the losses of the generator and the critic. The two networks
    compete, so their losses need not fall. The lower panel shows the fidelity
    statistic, the distance between real and generated rows. A dotted line marks the
    iteration where it was lowest; the sampler keeps the generator of that iteration.

    Use :meth:`from_sampler` to create a display. All parameters are stored as
    attributes.

    Parameters
    ----------
    history : History
        The record of the training.

    label : object, default=None
        The class, shown in the title.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure.

    bounding_ax_ : matplotlib axes or None
        The axes that were divided into panels, or None if several were given.

    axes_ : ndarray of matplotlib axes, of shape (2,)
        The panels of the losses and of the fidelity.

    lines_ : list of matplotlib Line2D
        The critic's loss, the generator's loss and the fidelity.

    See Also
    --------
    MarginalsDisplay : The result of the training, column by column.

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
        """Show the training of one class.

        Parameters
        ----------
        sampler : GANOverSampler
            A fitted sampler.

        label : object, default=None
            The class to show. Optional if the sampler has one generator.

        ax : matplotlib axes or array-like of 2 axes, default=None
            The axes to draw on. A single axes is divided into two panels.

        line_kw : dict, default=None
            Keywords of :class:`matplotlib.lines.Line2D` for the curves.

        best_kw : dict, default=None
            Keywords of :class:`matplotlib.lines.Line2D` for the dotted line.

        Returns
        -------
        display : TrainingHistoryDisplay
            The display, already drawn.

        Raises
        ------
        ValueError
            If `label` has no generator, or is missing when there are several
            generators.
        """
        label = find_label(sampler, label)
        display = cls(sampler.history_[label], label=as_written(label))
        return display.plot(ax, line_kw=line_kw, best_kw=best_kw)

    def plot(
        self, ax: Any = None, *, line_kw: Style = None, best_kw: Style = None
    ) -> TrainingHistoryDisplay:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib axes or array-like of 2 axes, default=None
            The axes to draw on. A single axes is divided into two panels.

        line_kw : dict, default=None
            Keywords of :class:`matplotlib.lines.Line2D` for the curves.

        best_kw : dict, default=None
            Keywords of :class:`matplotlib.lines.Line2D` for the dotted line.

        Returns
        -------
        display : TrainingHistoryDisplay
            The display, already drawn.
        """
        self.figure_, self.bounding_ax_, self.axes_ = take_panels(
            ax, 2, 1, "TrainingHistoryDisplay", (6.4, 4.8)
        )
        losses, fidelity = self.axes_
        losses.set_ylabel("loss")
        fidelity.set(
            xlabel="iteration", ylabel="distance to real rows\n(lower is better)"
        )
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
            # With a marker, because a short training has one point only.
            defaults = {"label": name, "color": colour, "linestyle": dashes}
            style = merge_style({"marker": ".", **defaults}, line_kw, Line2D)
            self.lines_ += ax.plot(history.iteration, values, **style)
        legend_above(losses)
        end = 1.04 * history.iteration[-1]
        for ax in (losses, fidelity):
            ax.set_xlim(0, end)
            whole_ticks(ax)
        fidelity.set_ylim(bottom=0)

    def _mark_best(self, best_kw: Style) -> None:
        from matplotlib.lines import Line2D

        best = self.history.best_iteration
        defaults = {"color": INK, "linestyle": ":", "label": f"kept: iteration {best}"}
        style = merge_style(defaults, best_kw, Line2D)
        self.axes_[0].axvline(best, **{**style, "label": None})
        self.axes_[1].axvline(best, **style)
        legend_above(self.axes_[1])


def explain_no_history(history: History) -> str:
    """Return a sentence on why a training has no losses to show."""
    if history.epsilon is not None:
        return "Private training records no losses: they would reveal the rows."
    return "No losses: the class uses a smoothed bootstrap, which needs no training."
