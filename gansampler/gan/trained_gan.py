"""A trained generator that draws encoded rows."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import torch
from torch import Tensor

from gansampler.gan.conditioning import Condition
from gansampler.gan.networks import Generator
from gansampler.gan.torch_state import own_random_state, own_settings

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
            parts = [
                generate_rows(self.generator, self.condition, k, rng) for k in sizes
            ]
            rows = torch.cat(parts)
        # A logit of -inf rules a category out; the noise is -inf once in 2**24 draws.
        scalars = rows[:, : self.generator.activation.n_scalars]
        if not scalars.isfinite().all() or rows.isnan().any():
            raise ValueError(
                "The generator gave numbers that are not finite, of which no rows can "
                "be made. It did not when it was trained: look for what changes it."
            )
        return rows.numpy()


def generate_rows(
    generator: Generator, condition: Condition, n: int, rng: torch.Generator
) -> Tensor:
    """Return `n` encoded rows, (n, width), whose blocks hold noisy logits."""
    conditions = condition.draw(n, rng)
    latent = torch.randn((n, generator.n_latent), generator=rng, device=rng.device)
    return generator.activation.sample(generator(latent, conditions), rng)
