"""``TabularGAN``: a conditional GAN for tables with any mix of column types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import pandas as pd
from imblearn.utils import Substitution
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from gansampler.gan.base_gan import OPEN_CONSTRAINTS, POSITIVE_INT, BaseGAN
from gansampler.gan.class_rows import ClassRows
from gansampler.gan.parameter_docs import SHARED
from gansampler.tabular.encoder import TableEncoder
from gansampler.tabular.relation_search import with_relations
from gansampler.tabular.relations import Relation
from gansampler.tabular.schema import TableSchema

CALIBRATION_ROWS = 4_000
"""Rows drawn to measure how a generator's columns are distributed. Frequencies are then
accurate to 0.01, and drawing takes a tenth of a second."""


@Substitution(**SHARED)
class TabularGAN(BaseGAN):
    """Learn a table with a conditional GAN and generate more rows like it.

    The generator accepts any table: numbers, decimals, dates, times of day, durations,
    booleans, strings and categories, alone or mixed, with missing values in any column.
    The table may be an array, a sparse matrix, a pandas frame or a polars frame. You
    get back the same kind of table with the same dtypes and types of values.
    Every generated value lies in the range of its column, on the column's grid and
    among its categories.

    :class:`gansampler.GANOverSampler` trains one such generator for each minority
    class.

    Read more in the :ref:`User Guide <tabular_gan>`.

    Parameters
    ----------
    condition : {{"category", "none", "anchor"}}, default="category"
        What the generator is conditioned on for each row:

        - "category": one category of one categorical column, drawn by
          training-by-sampling [11]_, so that the generator learns rare categories. In a
          table without categorical columns it is the same as "none".
        - "none": nothing. On 59 real tables, classifiers gained as much from this as
          from "category", and training is a tenth faster.
        - "anchor": a point between two neighbouring rows, near which the new row must
          lie. It stays closer to the real rows, as SMOTE does. **The fitted generator
          keeps its training rows**, and so does every pickle of it; :meth:`save`
          requires `keep_data`. Choose another condition if you plan to share the
          generator.

    {objective}

    {penalty}

    {instance_noise}

    {latent_dim}

    generator_layers : tuple of int, default=(128, 128)
        Number of units in each hidden layer of the generator.

    critic_layers : tuple of int, default=(128, 128)
        Number of units in each hidden layer of the critic.

    {spectral_norm}

    pac : int, default=1
        Number of rows that the critic judges together, which lets it notice rows that
        are too similar [12]_. It must divide `batch_size`.

    {auxiliary_classifier}

    {generator}

    {critic}

    {max_iter}

    batch_size : int, default=64
        Number of real rows, drawn with replacement, and of generated rows in each step.
        With 128, a step takes longer and the rows are no better on our tables.

    {learning_rate}

    {n_critic}

    {ema_decay}

    {early_stopping}

    categorical_features : "auto" or array-like of shape (n_cat_features,) or \
            (n_features,), dtype={{bool, int, str}}, default="auto"
        Which columns are categorical. "auto" selects columns of pandas category, string
        and boolean dtype, and object columns that contain strings or booleans.
        Otherwise pass a boolean mask, positions or names. Within a sampler, set the
        sampler's parameter of the same name instead.

    keep_relations : bool, default=True
        Whether to preserve relations that hold in every row of the table:

        - sums and copies of columns;
        - columns determined by a category, such as the country of a city;
        - groups of 0/1 columns with exactly one 1;
        - orders, such as start and end;
        - columns that are missing together.

        `relations_` lists the relations found. The search covers tables of up to 300
        columns, and ignores relations that may well have arisen by chance. A sum may
        lie outside the range of the class.

    {device}

    {callback}

    {random_state}

    {verbose}

    Attributes
    ----------
    {attributes}

    relations_ : list of Relation
        The relations between columns; see :mod:`gansampler.tabular.relations`.

    See Also
    --------
    gansampler.GANOverSampler : Balance a table with one generator for each class.

    gansampler.gan.ImageGAN : Generate rows that are flattened images.

    gansampler.gan.PrivateTabularGAN : Generate rows with differential privacy.

    References
    ----------
    {references}

    .. [11] L. Xu, M. Skoularidou, A. Cuesta-Infante, K. Veeramachaneni, "Modeling
       tabular data using conditional GAN", 2019.

    .. [12] Z. Lin et al., "PacGAN: the power of two samples in generative adversarial
       networks", 2018.

    Examples
    --------
    >>> import pandas as pd
    >>> from gansampler import TabularGAN
    >>> jobs = ["cook", "smith", "cook", None, "cook"]
    >>> table = pd.DataFrame({{"age": [31, 45, 28, 36, 52], "job": jobs}})
    >>> gan = TabularGAN(max_iter=50, random_state=0).fit(table)
    >>> rows = gan.sample(1_000, random_state=1)
    >>> rows.shape
    (1000, 2)
    >>> bool(rows["age"].between(28, 52).all())
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **OPEN_CONSTRAINTS,
        "condition": [StrOptions({"category", "anchor", "none"})],
        "pac": POSITIVE_INT,
        "keep_relations": ["boolean"],
        "categorical_features": [StrOptions({"auto"}), "array-like"],
    }

    def __init__(
        self,
        *,
        condition: str = "category",
        objective: str = "relativistic",
        penalty: str = "r1_r2",
        penalty_weight: float = 1.0,
        instance_noise: float = 0.1,
        latent_dim: int = 32,
        generator_layers: Sequence[int] = (128, 128),
        critic_layers: Sequence[int] = (128, 128),
        spectral_norm: bool = False,
        feature_matching: float = 0.0,
        pac: int = 1,
        auxiliary_classifier: float = 0.0,
        generator: Callable[..., Any] | None = None,
        critic: Callable[..., Any] | None = None,
        max_iter: int = 300,
        batch_size: int = 64,
        learning_rate: float = 2e-3,
        n_critic: int | str = "auto",
        ema_decay: float = 0.985,
        early_stopping: bool = False,
        n_iter_no_change: int = 100,
        categorical_features: str | Sequence[Any] = "auto",
        keep_relations: bool = True,
        device: str = "auto",
        callback: Callable[[dict[str, Any]], Any] | None = None,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.condition = condition
        self.objective = objective
        self.penalty = penalty
        self.penalty_weight = penalty_weight
        self.instance_noise = instance_noise
        self.latent_dim = latent_dim
        self.generator_layers = generator_layers
        self.critic_layers = critic_layers
        self.spectral_norm = spectral_norm
        self.feature_matching = feature_matching
        self.pac = pac
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
        self.categorical_features = categorical_features
        self.keep_relations = keep_relations
        self.device = device
        self.callback = callback
        self.random_state = random_state
        self.verbose = verbose

    @property
    def relations_(self) -> list[Relation]:
        """The relations between columns, in the table and in every generated row."""
        check_is_fitted(self, "schema_")
        return list(self.schema_.relations)

    def read_schema(
        self, frame: pd.DataFrame, categorical_features: str | Sequence[Any] = "auto"
    ) -> TableSchema:
        """Infer the columns of a table, as every generator does, and its relations."""
        schema = super().read_schema(frame, categorical_features)
        return with_relations(schema, frame) if self.keep_relations else schema

    def _calibrate(self, given: ClassRows) -> None:
        if self.trained_ is not None and isinstance(self.encoder_, TableEncoder):
            # Correct each column's frequencies on its own. What the generator
            # contributes is how the columns depend on each other.
            frequencies = given.rows[:, given.layout.n_scalars :].mean(axis=0)
            self.trained_.match_frequencies(frequencies, CALIBRATION_ROWS, given.seed)
            self.encoder_.calibrate(self.trained_.draw(CALIBRATION_ROWS, given.seed))
