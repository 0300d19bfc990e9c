"""The settings of a training."""

from gansampler.gan.history import TrainingConfig

DEFAULTS = TrainingConfig(
    condition="none",
    objective="relativistic",
    penalty="r1_r2",
    penalty_weight=1.0,
    instance_noise=0.1,
    latent_dim=32,
    generator_layers=(128, 128),
    critic_layers=(128, 128),
    max_iter=300,
    batch_size=128,
    learning_rate=2e-3,
    n_critic=1,
    ema_decay=0.985,
    early_stopping=False,
    n_iter_no_change=100,
    device="cpu",
)
"""Those of `GANOverSampler`."""
