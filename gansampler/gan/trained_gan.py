"""A trained generator that draws encoded rows."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import torch
from torch import Tensor

from gansampler.gan.conditioning import Condition
from gansampler.gan.networks import Generator
from gansampler.gan.torch_state import own_random_state, own_settings

CALIBRATION_STEPS = 20
"""Steps in which frequencies are fitted; most need no more than five."""

PRECISION = 1e-3
"""Of a category's share: closer is nothing that so few rows could tell."""

MAX_SHIFT = 10.0
"""What a logit is shifted by at most: a category that the generator has all but lost
comes up again, but no row's other categories are drowned."""

BATCH_ROWS = 1024
"""Rows that are generated at a time: a layer's outputs still fit a core's cache, which
is several times faster than ten times as many rows."""


class TrainedGAN:
    """A trained generator with its condition, on the CPU whatever it was trained on.

    Parameters
    ----------
    generator : Generator
        The network.

    condition : Condition
        What the rows are conditioned on.

    own_networks : bool, default=False
        Whether the network is the user's own.
    """

    def __init__(
        self, generator: Generator, condition: Condition, own_networks: bool = False
    ) -> None:
        self.generator = generator
        self.condition = condition
        self.own_networks = own_networks
        self.shift: np.ndarray | None = None  # of logits, (sum of block sizes,)

    def match_frequencies(self, frequencies: np.ndarray, n: int, seed: int) -> None:
        """Shift the logits of categories, so that each is as frequent as in the class.

        Parameters
        ----------
        frequencies : ndarray of shape (sum of block sizes,)
            The share of the class's rows that has each category.

        n : int
            How many rows to draw for this.

        seed : int
            Decides which.
        """
        activation = self.generator.activation
        if not activation.n_blocks:
            return
        rng = torch.Generator().manual_seed(seed)
        outer = own_random_state(seed) if self.own_networks else nullcontext()
        with outer, own_settings(), torch.inference_mode():
            logits = draw_logits(self.generator, self.condition, n, rng)
            logits = logits[:, activation.n_scalars :]
            # At least what is seen in half a row, so that no logit goes to -inf.
            wanted = torch.from_numpy(frequencies).clamp_min(0.5 / n)
            shift = torch.zeros(len(wanted))
            for _ in range(CALIBRATION_STEPS):
                shares = activation.log_softmax(logits + shift).exp().mean(dim=0)
                if (shares - wanted).abs().max() < PRECISION:
                    break
                shift += (wanted / shares.clamp_min(1e-12)).log()
                shift.clamp_(-MAX_SHIFT, MAX_SHIFT)
        self.shift = shift.numpy().copy()

    def draw(self, n: int, seed: int) -> np.ndarray:
        """Generate encoded rows.

        Parameters
        ----------
        n : int
            How many rows.

        seed : int
            Decides which.

        Returns
        -------
        rows : ndarray of shape (n, width), dtype float32
            Encoded rows, in whose blocks the largest entry is the category drawn.

        Raises
        ------
        ValueError
            If the generator, which may be the user's own, returns what is not finite.
        """
        rng = torch.Generator().manual_seed(seed)
        sizes = [min(BATCH_ROWS, n - done) for done in range(0, n, BATCH_ROWS)]
        # A network of the user's own may draw in a way that no generator decides.
        outer = own_random_state(seed) if self.own_networks else nullcontext()
        with outer, own_settings(), torch.inference_mode():
            rows = torch.cat([self._generate(k, rng) for k in sizes])
        # A logit of -inf rules a category out; the noise is -inf once in 2**24 draws.
        scalars = rows[:, : self.generator.activation.n_scalars]
        if not scalars.isfinite().all() or rows.isnan().any():
            raise ValueError(
                "The generator gave numbers that are not finite, of which no rows can "
                "be made. It did not when it was trained: look for what changes it."
            )
        return rows.numpy()

    def _generate(self, n: int, rng: torch.Generator) -> Tensor:
        logits = draw_logits(self.generator, self.condition, n, rng)
        activation = self.generator.activation
        if self.shift is not None:
            logits[:, activation.n_scalars :] += torch.from_numpy(self.shift)
        return activation.sample(logits, rng)


def generate_rows(
    generator: Generator, condition: Condition, n: int, rng: torch.Generator
) -> Tensor:
    """Return `n` encoded rows, (n, width), whose blocks hold noisy logits."""
    logits = draw_logits(generator, condition, n, rng)
    return generator.activation.sample(logits, rng)


def draw_logits(
    generator: Generator, condition: Condition, n: int, rng: torch.Generator
) -> Tensor:
    """Return the network's output for `n` rows, (n, width)."""
    conditions = condition.draw(n, rng)
    latent = torch.randn((n, generator.n_latent), generator=rng, device=rng.device)
    return generator(latent, conditions)
