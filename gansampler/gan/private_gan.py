"""``PrivateTabularGAN``: a tabular GAN trained with differential privacy."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from numbers import Real
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from imblearn.utils import Substitution
from sklearn.utils._param_validation import Interval, StrOptions

from gansampler.gan.base_gan import COMMON_CONSTRAINTS, MIN_TRAINING_ROWS, BaseGAN
from gansampler.gan.class_rows import ClassRows
from gansampler.gan.history import add_up
from gansampler.gan.parameter_docs import SHARED
from gansampler.gan.protocol import ClassContext
from gansampler.gan.settings import TrainingSettings
from gansampler.tabular.bounded_encoder import BoundedEncoder, declared_schema
from gansampler.tabular.schema import TableSchema
from gansampler.utils.formatting import as_written


@Substitution(**SHARED)
class PrivateTabularGAN(BaseGAN):
    """Learn a table with differential privacy and generate rows like its rows.

    The generated rows hardly depend on any single training row [1]_. Training uses
    Opacus (``pip install "gansampler[dp]"``). Read :ref:`privacy` before you rely on
    it.

    You may share the fitted generator. Do not share the result of
    :meth:`gansampler.GANOverSampler.fit_resample`, which begins with the real rows.

    There is no `random_state`, because anyone who knows the seed could compute the
    noise and remove it. The noise and the rows of each step come from the operating
    system's cryptographic random generator.

    Parameters
    ----------
    epsilon : float, default=1.0
        The privacy budget of the training. The smaller it is, the less the generator
        depends on any single row.

    delta : float, default=1e-5
        The probability with which the budget may be exceeded. It must be below one over
        the number of rows.

    max_grad_norm : float, default=1.0
        The norm to which the gradient of each row is clipped.

    column_bounds : mapping or None, default=None
        The bounds ``(low, high)`` of each numeric column, by name or position. Do not
        read them off the rows. Numbers outside the bounds are clipped, infinite ones
        included.

    column_categories : mapping or None, default=None
        The list of categories of each other column, by name or position. Do not read
        these off the rows either. The generator may produce any of them. A numeric
        column named here is treated as categorical. Boolean columns need no entry.

    objective : {{"non_saturating", "minimax", "least_squares", "hinge", \
            "wasserstein"}}, default="non_saturating"
        The adversarial objective. The critic scores each row separately, so that every
        row counts once.

    penalty : {{"none", "clip"}}, default="none"
        "clip" limits the size of the critic's weights, as "wasserstein" requires.
        Gradient penalties are not available, because they need second derivatives,
        which can't be computed row by row.

    {instance_noise}

    {latent_dim}

    generator_layers : tuple of int, default=(128, 128)
        Number of units in each hidden layer of the generator.

    critic_layers : tuple of int, default=(128, 128)
        Number of units in each hidden layer of the critic.

    {generator}

    {max_iter}

    batch_size : int, default=128
        Average number of real rows in a step of the critic, and number of generated
        rows.

    {learning_rate}

    n_critic : int or "auto", default="auto"
        Steps of the critic for each step of the generator. "auto" means 5 with "clip"
        and 1 otherwise. Every step spends some of the privacy budget.

    {ema_decay}

    device : str, default="auto"
        Where to train: "auto", which is the CPU, or a torch device. "mps" is not
        supported, because it lacks float64, which sampling needs.

    {verbose}

    Attributes
    ----------
    {attributes}

    Raises
    ------
    ImportError
        If Opacus is not installed.

    See Also
    --------
    gansampler.TabularGAN : Learn a table without differential privacy.

    References
    ----------
    .. [1] M. Abadi et al., "Deep learning with differential privacy", 2016.

    Examples
    --------
    >>> import numpy as np
    >>> from gansampler.gan import PrivateTabularGAN
    >>> X = np.random.default_rng(0).uniform(0, 10, size=(2_000, 2))
    >>> gan = PrivateTabularGAN(
    ...     epsilon=5.0, column_bounds={{0: (0, 10), 1: (0, 10)}}, max_iter=20
    ... ).fit(X)
    >>> gan.sample(5, random_state=0).shape
    (5, 2)
    >>> gan.history_.epsilon <= 5.0
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **COMMON_CONSTRAINTS,
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "delta": [Interval(Real, 0, 1, closed="neither")],
        "max_grad_norm": [Interval(Real, 0, None, closed="neither")],
        "column_bounds": [Mapping, None],
        "column_categories": [Mapping, None],
        "objective": [
            StrOptions(
                {"non_saturating", "minimax", "least_squares", "hinge", "wasserstein"}
            )
        ],
        "penalty": [StrOptions({"none", "clip"})],
    }

    is_private = True

    def __init__(
        self,
        *,
        epsilon: float = 1.0,
        delta: float = 1e-5,
        max_grad_norm: float = 1.0,
        column_bounds: Mapping[Any, tuple[float, float]] | None = None,
        column_categories: Mapping[Any, Sequence[Any]] | None = None,
        objective: str = "non_saturating",
        penalty: str = "none",
        instance_noise: float = 0.1,
        latent_dim: int = 32,
        generator_layers: Sequence[int] = (128, 128),
        critic_layers: Sequence[int] = (128, 128),
        generator: Callable[..., Any] | None = None,
        max_iter: int = 300,
        batch_size: int = 128,
        learning_rate: float = 2e-3,
        n_critic: int | str = "auto",
        ema_decay: float = 0.985,
        device: str = "auto",
        verbose: int = 0,
    ) -> None:
        self.epsilon = epsilon
        self.delta = delta
        self.max_grad_norm = max_grad_norm
        self.column_bounds = column_bounds
        self.column_categories = column_categories
        self.objective = objective
        self.penalty = penalty
        self.instance_noise = instance_noise
        self.latent_dim = latent_dim
        self.generator_layers = generator_layers
        self.critic_layers = critic_layers
        self.generator = generator
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.n_critic = n_critic
        self.ema_decay = ema_decay
        self.device = device
        self.verbose = verbose

    def declared_row(self, frame: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
        """Return one row made from the declared bounds and categories alone.

        Numbers are the middle of their bounds, categories the first in their list.
        """
        encoder = self._make_encoder(schema).fit(frame)
        row = np.zeros((1, encoder.layout_.width), dtype=np.float32)
        return encoder.inverse_transform(row)

    def check_table(
        self, frame: pd.DataFrame, schema: TableSchema, n_rows: dict[Any, int]
    ) -> None:
        """Raise an error if privacy can't be guaranteed; see :class:`BaseGAN`."""
        from gansampler.gan.private_training import noise_multiplier

        # First check what depends on the declaration alone. Only then reveal one fact
        # about the rows: the name of a column, but no value, row or count.
        column = self._make_encoder(schema).undeclared(frame)
        if column is not None:
            raise ValueError(
                f"Column {column!r} contains a missing value, or one that is not among "
                "its declared categories, so PrivateTabularGAN can't learn it. Replace "
                "the value with a declared one chosen without looking at the rows, "
                "declare more categories, or drop the column."
            )
        settings = self.training_settings()
        for label, n in n_rows.items():
            if n < MIN_TRAINING_ROWS:
                which = "The table" if label is None else f"Class {as_written(label)!r}"
                raise ValueError(
                    f"{which} has {n} rows, too few for a private generator, and the "
                    "smoothed bootstrap used for small classes would repeat them. "
                    "Leave the class out of sampling_strategy."
                )
            noise_multiplier(settings, n)

    def fit_class(self, rows: pd.DataFrame, context: ClassContext) -> PrivateTabularGAN:
        """Train on the rows of one class; see :class:`BaseGAN`.

        Raises
        ------
        ValueError
            Before any training, if the dtypes of the user's table can't represent the
            declared values, for instance a string longer than the array's dtype allows.
        """
        encoder = self._make_encoder(context.schema).fit(rows)
        lost = context.container.find_lost(encoder.declared_rows())
        if lost is not None:
            j, value = lost
            raise ValueError(
                f"column_categories declares {as_written(value)!r} for column "
                f"{context.schema.columns[j].name!r}, but X stores that column as "
                f"{context.container.name_dtype(j)}, which would change the value. "
                "Convert the column first, for example with `X.astype(object)`, or "
                "declare values that it can store."
            )
        return super().fit_class(rows, context)

    def _fit(self, X: Any) -> None:
        earlier = [self.history_] if hasattr(self, "history_") else []
        super()._fit(X)
        add_up([self.history_], earlier)

    def read_schema(
        self, frame: pd.DataFrame, categorical_features: str | Sequence[Any] = "auto"
    ) -> TableSchema:
        """Return the declared schema of a table without looking at its rows."""
        return declared_schema(frame, self.column_categories, categorical_features)

    @property
    def n_together(self) -> int:
        """The best number of classes to pass to :meth:`fit_classes` at once."""
        return 1

    def n_looks(self) -> int:
        """Return 0, because a private training is never monitored."""
        return 0

    def _make_encoder(self, schema: TableSchema) -> BoundedEncoder:
        return BoundedEncoder(schema, self.column_bounds, self.column_categories)

    def _contradictions(self, settings: TrainingSettings) -> Iterator[str]:
        if settings.objective == "wasserstein" and settings.penalty == "none":
            yield (
                "objective='wasserstein' needs penalty='clip'. Without it the critic's "
                "scores grow without bound."
            )
        if settings.device.startswith("mps"):
            yield (
                f"PrivateTabularGAN does not support device={settings.device!r}, "
                "because sampling needs float64, which it lacks. Set device='cpu'."
            )

    def _training_seed(self, context: ClassContext) -> int:
        # Not the user's or the sampler's seed: an attacker could try all of NumPy's.
        return secrets.randbits(63)

    @staticmethod
    def _train(
        given: Sequence[ClassRows], settings: TrainingSettings, progress: str | None
    ) -> list[Any]:
        from gansampler.gan.private_training import train_private

        return [
            train_private(own.rows, own.layout, settings, own.seed, progress)
            for own in given
        ]
