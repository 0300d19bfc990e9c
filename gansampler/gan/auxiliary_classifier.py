"""The auxiliary classifier: a critic that also classifies rows."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from gansampler.gan.history import LabelledRows
from gansampler.gan.networks import Critic


class AuxiliaryClassifier:
    """Teach the critic to classify real rows, and the generator to match its class.

    Every class is drawn equally often. Unlike in the AC-GAN [1]_, each class has its
    own generator, which learns from the other classes only what to avoid, and the
    critic learns the classes from real rows alone.

    Parameters
    ----------
    labelled : LabelledRows
        Rows of all classes.

    device : str
        The device to train on.

    References
    ----------
    .. [1] A. Odena, C. Olah, J. Shlens, "Conditional image synthesis with auxiliary
       classifier GANs", 2017.
    """

    def __init__(self, labelled: LabelledRows, device: str) -> None:
        self.rows = torch.from_numpy(labelled.rows).to(device)
        self.codes = torch.from_numpy(labelled.codes).to(device)
        self.own = labelled.own
        counts = torch.bincount(self.codes)
        self.n_classes = len(counts)
        self.weights = 1 / counts[self.codes]

    def draw(self, n: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return `n` real rows, (n, width), and their classes, (n,)."""
        picked = torch.multinomial(self.weights, n, True, generator=rng)
        return self.rows[picked], self.codes[picked]

    def own_codes(self, n: int) -> Tensor:
        """Return the class being trained, `n` times."""
        return torch.full((n,), self.own, device=self.codes.device)


def classification_loss(
    critic: Critic, rows: Tensor, codes: Tensor, n_condition: int
) -> Tensor:
    """Return the cross-entropy of the critic's classification of `rows`, (n, width)."""
    return cross_entropy(critic.classify(rows, n_condition), codes)
