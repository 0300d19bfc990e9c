"""``ImageGAN``: a convolutional GAN for rows that are flattened images."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

import pandas as pd
from imblearn.utils import Substitution

from gansampler.gan.base_gan import OPEN_CONSTRAINTS, BaseGAN
from gansampler.gan.parameter_docs import SHARED
from gansampler.gan.settings import TrainingSettings
from gansampler.tabular.image_encoder import (
    ImageEncoder,
    check_image_schema,
    read_image_shape,
)
from gansampler.tabular.schema import TableSchema


@Substitution(**SHARED)
class ImageGAN(BaseGAN):
    """Learn images with a convolutional GAN and generate more like them.

    Each row is a flattened image. All pixels share one scale, so that neighbouring
    pixels stay comparable, and both networks are convolutional [11]_. All columns must
    be numeric, without missing values.

    Read more in the :ref:`User Guide <image_gan>`.

    Parameters
    ----------
    image_shape : tuple (height, width) or (height, width, channels)
        The shape of the images. A row contains the pixels in NumPy's (C) order.

    {objective}

    {penalty}

    {instance_noise}

    {latent_dim}

    generator_layers : tuple of int, default=(128, 128)
        Channels of the generator's convolutions. Each one doubles the height and width
        of the image.

    critic_layers : tuple of int, default=(128, 128)
        Channels of the critic's convolutions. Each one halves the height and width.

    {spectral_norm}

    {auxiliary_classifier}

    {generator}

    {critic}

    {max_iter}

    batch_size : int, default=128
        Number of real images, drawn with replacement, and of generated images in each
        step.

    {learning_rate}

    {n_critic}

    {ema_decay}

    {early_stopping}

    {device}

    {callback}

    {random_state}

    {verbose}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    gansampler.TabularGAN : Generate rows like those of any table.

    References
    ----------
    {references}

    .. [11] A. Radford, L. Metz, S. Chintala, "Unsupervised representation learning
       with deep convolutional generative adversarial networks", 2015.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from gansampler.gan import ImageGAN
    >>> X, digit = load_digits(return_X_y=True)
    >>> gan = ImageGAN((8, 8), generator_layers=(8,), critic_layers=(8,), max_iter=30)
    >>> gan.set_params(random_state=0).fit(X[digit == 3]).sample(
    ...     5, random_state=0
    ... ).shape
    (5, 64)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **OPEN_CONSTRAINTS,
        "image_shape": ["array-like"],
    }

    def __init__(
        self,
        image_shape: Sequence[int],
        *,
        objective: str = "relativistic",
        penalty: str = "r1_r2",
        penalty_weight: float = 1.0,
        instance_noise: float = 0.1,
        latent_dim: int = 32,
        generator_layers: Sequence[int] = (128, 128),
        critic_layers: Sequence[int] = (128, 128),
        spectral_norm: bool = False,
        feature_matching: float = 0.0,
        auxiliary_classifier: float = 0.0,
        generator: Callable[..., Any] | None = None,
        critic: Callable[..., Any] | None = None,
        max_iter: int = 300,
        batch_size: int = 128,
        learning_rate: float = 2e-3,
        n_critic: int | str = "auto",
        ema_decay: float = 0.985,
        early_stopping: bool = False,
        n_iter_no_change: int = 100,
        device: str = "auto",
        callback: Callable[[dict[str, Any]], Any] | None = None,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.image_shape = image_shape
        self.objective = objective
        self.penalty = penalty
        self.penalty_weight = penalty_weight
        self.instance_noise = instance_noise
        self.latent_dim = latent_dim
        self.generator_layers = generator_layers
        self.critic_layers = critic_layers
        self.spectral_norm = spectral_norm
        self.feature_matching = feature_matching
        self.auxiliary_classifier = auxiliary_classifier
        self.generator = generator
        self.critic = critic
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.n_critic = n_critic
        self.ema_decay = ema_decay
        self.early_stopping = early_stopping
        self.n_iter_no_change = n_iter_no_change
        self.device = device
        self.callback = callback
        self.random_state = random_state
        self.verbose = verbose

    def check_table(
        self, frame: pd.DataFrame, schema: TableSchema, n_rows: dict[Any, int]
    ) -> None:
        """Raise an error unless every column can be a pixel; see :class:`BaseGAN`."""
        check_image_schema(schema, frame, self.image_shape)

    def training_settings(self) -> TrainingSettings:
        """Check the parameters; see :meth:`BaseGAN.training_settings`."""
        settings = super().training_settings()
        settings.image_shape = read_image_shape(self.image_shape)
        return settings

    def _make_encoder(self, schema: TableSchema) -> ImageEncoder:
        return ImageEncoder(schema, read_image_shape(self.image_shape))

    def _contradictions(self, settings: TrainingSettings) -> Iterator[str]:
        yield from super()._contradictions(settings)
        height, width, _ = read_image_shape(self.image_shape)
        most = min(height, width).bit_length() - 1
        for name in ("generator", "critic"):
            layers = getattr(settings, f"{name}_layers")
            if getattr(self, name) is None and not 1 <= len(layers) <= most:
                yield (
                    f"{name}_layers={layers!r} has {len(layers)} convolutions, but "
                    f"images of {height} x {width} allow {most} at most, and at least "
                    "one, because each convolution changes the image size by a factor "
                    "of two."
                )
