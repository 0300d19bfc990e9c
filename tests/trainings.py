"""Settings of a training, and rows whose distribution is known."""

import numpy as np
from sklearn.datasets import make_moons

from gansampler.training_record import TrainingConfig

DEFAULTS = TrainingConfig(
    condition="none",
    objective="relativistic",
    penalty="r1_r2",
    penalty_weight=1.0,
    instance_noise=0.1,
    latent_dim=32,
    generator_layers=(128, 128),
    critic_layers=(128, 128),
    max_iter=1000,
    batch_size=128,
    learning_rate=1e-3,
    n_critic=1,
    ema_decay=0.995,
    early_stopping=False,
    n_iter_no_change=300,
    device="cpu",
)
"""Those of `GANOverSampler`."""

CENTRES = np.column_stack([f(np.arange(8) * np.pi / 4) for f in (np.cos, np.sin)]) / 0.7
"""Of the clusters of a ring."""


def moon(n, seed):
    """Draw encoded rows of one of the two moons."""
    X, y = make_moons(2 * n, noise=0.05, random_state=seed)
    return ((X[y == 1] - [1, 0]) / 0.7).astype(np.float32)


def ring(n, seed):
    """Draw encoded rows of eight normal clusters, as large as each other, on a ring."""
    rng = np.random.default_rng(seed)
    rows = CENTRES[rng.integers(0, 8, n)] + rng.normal(0, 0.1 / 0.7, (n, 2))
    return rows.astype(np.float32)
