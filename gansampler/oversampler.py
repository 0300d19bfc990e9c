"""``GANOverSampler``: a generative over-sampler that drops in where SMOTE was."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from concurrent.futures.process import BrokenProcessPool
from numbers import Integral, Real
from pickle import PicklingError
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.utils import Substitution, check_target_type
from joblib import Parallel, delayed, effective_n_jobs
from sklearn.utils import check_consistent_length, check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import validate_data

from gansampler.gan.callbacks import CallbackSupportMixin, ClassTasks, with_callbacks
from gansampler.gan.combinations import check_combinations, check_private_sampling
from gansampler.gan.history import History, LabelledRows, PrivacyConfig, TrainingConfig
from gansampler.gan.losses import OBJECTIVES
from gansampler.gan.parameter_checks import check_device, check_layers
from gansampler.gan.penalties import PENALTIES
from gansampler.generation.class_generator import ClassGenerator, Encoder, RowSource
from gansampler.generation.classwise import (
    MIN_TRAINING_ROWS,
    check_private_sizes,
    count_looks,
    make_encoder,
    train_class,
)
from gansampler.generation.constraints import Constraints, check_constraints
from gansampler.generation.memorization import Copies, measure_copies
from gansampler.generation.rejection import Rejection
from gansampler.generation.row_augmenter import Augmenter, check_augmentation
from gansampler.tabular.bounded_encoder import check_private_table
from gansampler.tabular.containers import (
    Container,
    polars_to_pandas,
    restore_container,
    to_frame,
)
from gansampler.tabular.image_encoder import check_image_schema, read_image_shape
from gansampler.tabular.inference import infer_schema
from gansampler.tabular.labels import append_labels, read_target
from gansampler.tabular.schema import TableSchema
from gansampler.tabular.validation import check_table
from gansampler.utils.formatting import as_written
from gansampler.utils.random import MAX_SEED
from gansampler.utils.rollback import all_or_nothing
from gansampler.utils.subsampling import stratified_rows
from gansampler.utils.warnings import warn_user

MIN_AVERAGE_PRECISION = 0.05
"""Below it a class can hardly be told from the others. The one such table of 22 is also
the one where another over-sampler did far better (docs: "Does it help?")."""

MAX_LABELLED_ROWS = 10_000
"""Rows from which an auxiliary classifier learns, in the classes' proportions."""


@Substitution(sampling_strategy=BaseOverSampler._sampling_strategy_docstring)
class GANOverSampler(CallbackSupportMixin, BaseOverSampler):
    """Over-sample with one conditional tabular GAN for each minority class.

    For each class with rows to generate, a generator and a critic are trained on the
    rows of this class. Several candidates are then generated for each row needed, and
    kept by the probability that a classifier, fitted on the real rows of all classes,
    gives their class, so that synthetic rows do not invade the territory of another
    class.

    It takes any table: numbers, dates, booleans, strings and categories, alone or
    mixed, with missing values in every column, as an array, a sparse matrix, a pandas
    or a polars frame, and gives back the same kind of table with the same dtypes.

    Read more in the :ref:`User Guide <user_guide>`.

    Parameters
    ----------
    {sampling_strategy}

    categorical_features : "auto" or array-like of shape (n_cat_features,) or \
            (n_features,), dtype={{bool, int, str}}, default="auto"
        Which columns are categorical:

        - "auto": columns of pandas category, string and boolean dtype, and object
          columns that hold strings or booleans;
        - a boolean mask, positions or names of the categorical columns. Columns of
          strings that are left out raise an error; boolean columns are categorical
          anyway.

    condition : {{"none", "category", "anchor"}}, default="none"
        What the generator is told about the row that it is to make:

        - "none": nothing. Over 22 real tables the three did about equally well, and
          this is the simplest;
        - "category": one category of one categorical column, drawn by
          training-by-sampling [3]_, so that rare categories are learned. Where a
          class has no categorical column it is the same as "none";
        - "anchor": a point between two neighbouring rows of the class, near which
          the row is to lie. It stays closer to the real rows, as SMOTE does.
          **The fitted generators keep the class's rows**, and so does every pickle
          of them; :meth:`save` asks for `keep_data`. Choose another condition where
          the sampler is to be given away.

    objective : {{"relativistic", "non_saturating", "minimax", "least_squares", \
            "hinge", "wasserstein"}}, default="relativistic"
        The adversarial objective: relativistic pairing [1]_ [2]_, binary cross-entropy
        with the non-saturating or the original loss of the generator [4]_, squared
        errors [5]_, the hinge loss [6]_, or the difference of mean scores [7]_, which
        needs a penalty or `spectral_norm`. Over real tables they differ little.

    penalty : {{"r1_r2", "r1", "r2", "gradient", "clip", "none"}}, default="r1_r2"
        What keeps the critic in bounds: the zero-centred gradient penalty at real
        rows (R1), at generated rows (R2) or at both; "gradient", which drives the
        slopes between real and generated rows to one [8]_; "clip", which cuts the
        weights [7]_; or nothing.

    penalty_weight : float, default=1.0
        Factor of the gradient penalty in the critic's loss; "clip" and "none" have
        none.

    instance_noise : float, default=0.1
        Standard deviation of the normal noise that is added to real and generated
        rows before the critic sees them, in standard deviations of a column.

    latent_dim : int, default=32
        Length of the generator's random input.

    generator_layers : tuple of int, default=(128, 128)
        Units of each hidden layer of the generator; with `image_shape` the channels
        of its convolutions, each of which doubles the sides of the image.

    critic_layers : tuple of int, default=(128, 128)
        Units of each hidden layer of the critic; with `image_shape` the channels of
        its convolutions, each of which halves the sides of the image.

    residual : bool, default=False
        Whether the input of a hidden layer is added to its output, where both have as
        many units.

    spectral_norm : bool, default=False
        Whether the weights of both networks are divided by their largest singular
        value [9]_, so that slopes are bounded without a penalty.

    feature_matching : float, default=0.0
        Factor of a second loss of the generator: the distance between the mean
        features of real and of generated rows in the critic's hidden layers [10]_.

    moment_matching : float, default=0.0
        Factor of a further one: the distance between the columns' means and standard
        deviations, an "information loss" [11]_. A large one outweighs the critic.

    pac : int, default=1
        Rows that the critic judges together, so that it sees when they are too much
        alike [12]_. It has to divide `batch_size`.

    auxiliary_classifier : float, default=0.0
        Factor of the loss by which the critic also learns to name the class of real
        rows of all classes, and the generator to be named as its own [13]_.

    image_shape : tuple (height, width) or (height, width, channels), default=None
        Where each row is a flattened image (in NumPy's order): its shape. Both networks
        are then convolutional [14]_. All columns have to be numbers without missing
        values.

    generator, critic : callable, default=None
        What makes a network of your own in place of the built-in one: it is called as
        ``(n_in, n_out, random_state)`` and gives a :class:`torch.nn.Module` that turns
        a batch of shape (n, `n_in`) into one of shape (n, `n_out`). The generator's
        output are logits of the encoded row; the critic's first output is the score,
        further ones name the class for `auxiliary_classifier`. Its layers may draw from
        torch's global random state, which is seeded for them and restored.

    max_iter : int, default=300
        Iterations at most; one is `n_critic` steps of the critic and one of the
        generator. It does not depend on the size of the class.

    batch_size : int, default=128
        Real rows, drawn with replacement, and generated rows in each step.

    learning_rate : float, default=2e-3
        Of Adam at the start, for both networks; it falls to zero along a cosine.

    n_critic : int or "auto", default="auto"
        Steps of the critic for each step of the generator. "auto" is 1, but 5 with the
        penalties "gradient" and "clip", as their authors advise: with one step,
        "gradient" did not even find a ring of eight clusters.

    ema_decay : float, default=0.985
        Decay of the exponential moving average of the generator's weights, which
        generates the rows.

    early_stopping : bool, default=False
        Whether to stop when the fidelity statistic has not improved for
        `n_iter_no_change` iterations. With or without, the generator is the one
        of the iteration at which the statistic was best.

    n_iter_no_change : int, default=100
        Iterations without improvement after which `early_stopping` stops.

    rejection_estimator : "auto", None or classifier, default="auto"
        The classifier by which candidates are kept: in proportion to the square of
        their class's probability. "auto" is a random forest, None keeps all, and any
        classifier with ``predict_proba`` is cloned and fitted on imputed, standardised
        and one-hot encoded rows. None is nearest to the distribution of the class.

    n_candidates : int, default=6
        Rows generated for each row kept; more of them leave less in the territory
        of other classes, and less at the edges of the class. Without rejection, one.

    augmentation : {{"mix", "slice", "flip"}}, callable, list of these or None, \
            default=None
        How some of the generated rows are changed before rejection, see
        :mod:`gansampler.generation.augmentation`. Of a list each row gets one. A callable is
        called as ``(rows, random_state)`` and gives as many rows.

    augmentation_fraction : float, default=0.5
        Share of the generated rows to which `augmentation` is applied.

    constraints : str, callable, list of these or None, default=None
        What every generated row has to satisfy: expressions of
        :meth:`pandas.DataFrame.eval` such as ``"start <= end"``, or functions of a
        frame that give a boolean mask. As in SQL, a row in which a value is missing
        satisfies an expression on it. Real rows are checked before training; generated
        ones that fail are replaced, within bounds.

    privacy : {{"dp"}} or None, default=None
        With "dp" the generators are trained with differential privacy [15]_, through
        Opacus (``pip install "gansampler[dp]"``): what they generate hardly depends on
        any one row of their class. It is the generators in `generators_` that may be
        given away, not what `fit_resample` returns, which begins with the real rows.
        Many parameters have to be set to what keeps the guarantee; an error says
        which. Leave `random_state` at None then: who knows or guesses a number can
        compute the noise and take it away.

    epsilon : float, default=1.0
        With `privacy`, what the training of a class may spend: the smaller, the less
        its generator depends on any one row. Read :ref:`privacy` before you choose.

    delta : float, default=1e-5
        With `privacy`, how likely it may be that more is spent; it has to be below one
        over the rows of a class.

    max_grad_norm : float, default=1.0
        With `privacy`, the length to which each row's gradient is cut.

    column_bounds : mapping or None, default=None
        With `privacy`, the bounds ``(low, high)`` of each numeric column by its name
        or position, which must not be read off the rows; numbers beyond are cut.

    device : str, default="auto"
        Where to train: "auto", which is the CPU, so that a GPU is used only when asked
        for, or a torch device such as "cpu", "cuda", "cuda:1", "mps". Rows are always
        generated on the CPU.

    callback : callable, default=None
        Called after each look at a training, with a dict of the class's `label`, the
        `iteration`, `critic_loss`, `generator_loss`, `fidelity` and the
        `best_iteration` so far. Where it returns something true, the training of this
        class stops, and the best generator so far is kept. With `n_jobs` it is called
        in the processes that train, so that a list of yours stays empty: leave
        `n_jobs` at None, or write to a file. Losses are not told with `privacy`.

    n_jobs : int or None, default=None
        Classes trained at the same time, through joblib. It does not change the
        rows. ``None`` means 1 unless in a :obj:`joblib.parallel_config` context.

    random_state : int, RandomState instance or None, default=None
        Decides everything that is random. The same number gives the same rows; with
        None, NumPy's global random state is drawn from.

    verbose : int, default=0
        With 1, a progress bar for each class.

    Attributes
    ----------
    sampling_strategy_ : dict
        The number of rows to generate for each class.

    generators_ : dict
        The fitted generator of each class for which rows were generated;
        ``generators_[label].sample(n, random_state=0)`` gives more.

    history_ : dict
        The record of each class's training: losses, the fidelity statistic, the
        iteration that was kept. Empty lists where the class was bootstrapped.

    copies_ : dict
        For each class that a GAN was trained on, the shares of copies and near copies
        of its real rows among the generated ones and, beside them, among the real
        ones: see :class:`gansampler.generation.memorization.Copies`. Empty with `privacy`, because the
        shares would tell of the rows.

    schema_ : TableSchema
        What each column was taken for.

    categorical_features_ : ndarray of shape (n_cat_features,), dtype=int
        Positions of the categorical columns.

    n_features_in_ : int
        Number of columns.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, where all of them are strings.

    Raises
    ------
    ValueError
        Before any training: if a parameter, a label or a column can't be used; the
        message names it, and the way out.

    TypeError
        Before any training: if a column holds objects that are neither numbers nor
        declared categorical.

    Warns
    -----
    UserWarning
        If a class has too few rows for adversarial training, or its training broke
        down: its rows then come from a smoothed bootstrap, or from the best generator
        before. If a generator collapsed: its rows hardly differ. If a device has too
        little memory: the CPU is used. If the classifier that chooses rows can hardly
        tell a class from the others. If far more of the generated rows are copies, or
        near copies, of real rows than real rows are.

    See Also
    --------
    imblearn.over_sampling.SMOTE : Interpolate between neighbouring rows.

    imblearn.over_sampling.SMOTENC : The same for mixed tables.

    imblearn.over_sampling.RandomOverSampler : Repeat or blur real rows.

    Notes
    -----
    Resample the training part only, as a step of an
    :class:`imblearn.pipeline.Pipeline`; rows that are resampled before the split
    leak into the test part.

    References
    ----------
    .. [1] A. Jolicoeur-Martineau, "The relativistic discriminator: a key element
       missing from standard GAN", 2018.

    .. [2] Y. Huang, A. Gokaslan, V. Kuleshov, J. Tompkin, "The GAN is dead; long live
       the GAN! A modern GAN baseline", 2024.

    .. [3] L. Xu, M. Skoularidou, A. Cuesta-Infante, K. Veeramachaneni, "Modeling
       tabular data using conditional GAN", 2019.

    .. [4] I. Goodfellow et al., "Generative adversarial nets", 2014.

    .. [5] X. Mao et al., "Least squares generative adversarial networks", 2017.

    .. [6] J. H. Lim, J. C. Ye, "Geometric GAN", 2017.

    .. [7] M. Arjovsky, S. Chintala, L. Bottou, "Wasserstein GAN", 2017.

    .. [8] I. Gulrajani et al., "Improved training of Wasserstein GANs", 2017.

    .. [9] T. Miyato et al., "Spectral normalization for generative adversarial
       networks", 2018.

    .. [10] T. Salimans et al., "Improved techniques for training GANs", 2016.

    .. [11] N. Park et al., "Data synthesis based on generative adversarial networks",
       2018.

    .. [12] Z. Lin et al., "PacGAN: the power of two samples in generative adversarial
       networks", 2018.

    .. [13] A. Odena, C. Olah, J. Shlens, "Conditional image synthesis with auxiliary
       classifier GANs", 2017.

    .. [14] A. Radford, L. Metz, S. Chintala, "Unsupervised representation learning
       with deep convolutional generative adversarial networks", 2015.

    .. [15] M. Abadi et al., "Deep learning with differential privacy", 2016.

    Examples
    --------
    >>> from collections import Counter
    >>> from sklearn.datasets import make_classification
    >>> from gansampler import GANOverSampler
    >>> X, y = make_classification(n_samples=300, weights=[0.9], random_state=0)
    >>> sorted(Counter(y.tolist()).items())
    [(0, 269), (1, 31)]
    >>> sampler = GANOverSampler(max_iter=50, random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> sorted(Counter(y_res.tolist()).items())
    [(0, 269), (1, 269)]
    >>> sampler.generators_[1].sample(2, random_state=0).shape
    (2, 20)
    """

    _parameter_constraints: ClassVar[dict] = {
        **BaseOverSampler._parameter_constraints,
        "categorical_features": [StrOptions({"auto"}), "array-like"],
        "condition": [StrOptions({"category", "anchor", "none"})],
        "objective": [StrOptions(set(OBJECTIVES))],
        "penalty": [StrOptions(set(PENALTIES))],
        "penalty_weight": [Interval(Real, 0, None, closed="left")],
        "instance_noise": [Interval(Real, 0, None, closed="left")],
        "latent_dim": [Interval(Integral, 1, None, closed="left")],
        "generator_layers": ["array-like"],
        "critic_layers": ["array-like"],
        "residual": ["boolean"],
        "spectral_norm": ["boolean"],
        "feature_matching": [Interval(Real, 0, None, closed="left")],
        "moment_matching": [Interval(Real, 0, None, closed="left")],
        "pac": [Interval(Integral, 1, None, closed="left")],
        "auxiliary_classifier": [Interval(Real, 0, None, closed="left")],
        "image_shape": ["array-like", None],
        "generator": [callable, None],
        "critic": [callable, None],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "n_critic": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "ema_decay": [Interval(Real, 0, 1, closed="left")],
        "early_stopping": ["boolean"],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "rejection_estimator": [
            StrOptions({"auto"}),
            HasMethods(["fit", "predict_proba"]),
            None,
        ],
        "n_candidates": [Interval(Integral, 1, None, closed="left")],
        "augmentation": [str, callable, list, tuple, None],
        "augmentation_fraction": [Interval(Real, 0, 1, closed="both")],
        "constraints": [str, callable, list, tuple, None],
        "privacy": [StrOptions({"dp"}), None],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "delta": [Interval(Real, 0, 1, closed="neither")],
        "max_grad_norm": [Interval(Real, 0, None, closed="neither")],
        "column_bounds": [Mapping, None],
        "device": [str],
        "callback": [callable, None],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        sampling_strategy: float | str | Mapping | Callable = "auto",
        categorical_features: str | Sequence = "auto",
        condition: str = "none",
        objective: str = "relativistic",
        penalty: str = "r1_r2",
        penalty_weight: float = 1.0,
        instance_noise: float = 0.1,
        latent_dim: int = 32,
        generator_layers: Sequence[int] = (128, 128),
        critic_layers: Sequence[int] = (128, 128),
        residual: bool = False,
        spectral_norm: bool = False,
        feature_matching: float = 0.0,
        moment_matching: float = 0.0,
        pac: int = 1,
        auxiliary_classifier: float = 0.0,
        image_shape: Sequence[int] | None = None,
        generator: Callable[..., Any] | None = None,
        critic: Callable[..., Any] | None = None,
        max_iter: int = 300,
        batch_size: int = 128,
        learning_rate: float = 2e-3,
        n_critic: int | str = "auto",
        ema_decay: float = 0.985,
        early_stopping: bool = False,
        n_iter_no_change: int = 100,
        rejection_estimator: Any = "auto",
        n_candidates: int = 6,
        augmentation: Any = None,
        augmentation_fraction: float = 0.5,
        constraints: Any = None,
        privacy: str | None = None,
        epsilon: float = 1.0,
        delta: float = 1e-5,
        max_grad_norm: float = 1.0,
        column_bounds: Mapping[Any, tuple[float, float]] | None = None,
        device: str = "auto",
        callback: Callable[[dict[str, Any]], Any] | None = None,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy)
        self.categorical_features = categorical_features
        self.condition = condition
        self.objective = objective
        self.penalty = penalty
        self.penalty_weight = penalty_weight
        self.instance_noise = instance_noise
        self.latent_dim = latent_dim
        self.generator_layers = generator_layers
        self.critic_layers = critic_layers
        self.residual = residual
        self.spectral_norm = spectral_norm
        self.feature_matching = feature_matching
        self.moment_matching = moment_matching
        self.pac = pac
        self.auxiliary_classifier = auxiliary_classifier
        self.image_shape = image_shape
        self.generator = generator
        self.critic = critic
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.n_critic = n_critic
        self.ema_decay = ema_decay
        self.early_stopping = early_stopping
        self.n_iter_no_change = n_iter_no_change
        self.rejection_estimator = rejection_estimator
        self.n_candidates = n_candidates
        self.augmentation = augmentation
        self.augmentation_fraction = augmentation_fraction
        self.constraints = constraints
        self.privacy = privacy
        self.epsilon = epsilon
        self.delta = delta
        self.max_grad_norm = max_grad_norm
        self.column_bounds = column_bounds
        self.device = device
        self.callback = callback
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any, **params: Any) -> GANOverSampler:
        """Check the table and the parameters; nothing is trained.

        Use :meth:`fit_resample` in all cases.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape \
                (n_samples, n_features)
            The table.

        y : array-like of shape (n_samples,)
            The labels.

        **params : dict
            Not used.

        Returns
        -------
        self : object
            The sampler itself.
        """
        table, target = polars_to_pandas(X), read_target(polars_to_pandas(y))
        return super().fit(table, target, **params)

    @with_callbacks
    def fit_resample(self, X: Any, y: Any, **params: Any) -> tuple[Any, Any]:
        """Train a GAN for each class with rows to generate, and add its rows.

        If anything fails or is interrupted, the sampler stays as it was before:
        unfitted, or fitted on the table before.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape \
                (n_samples, n_features)
            The table: an array, list, scipy sparse matrix, pandas or polars frame. It
            is never changed.

        y : array-like of shape (n_samples,) or (n_samples, n_classes)
            The labels, of any type, or one-vs-rest indicators.

        **params : dict
            Not used.

        Returns
        -------
        X_resampled : {array-like, dataframe, sparse matrix} of shape \
                (n_samples_new, n_features)
            The rows of `X` as they were, then the synthetic rows class by class, in
            the same kind of table with the same dtypes.

        y_resampled : array-like of shape (n_samples_new,)
            Their labels.
        """
        table, target = polars_to_pandas(X), read_target(polars_to_pandas(y))
        with all_or_nothing(self):
            self._container = Container.of(X)
            X_res, y_res = super().fit_resample(table, target, **params)
            labels, new = np.split(np.reshape(y_res, -1), [len(target)])
            return restore_container(X_res, X), append_labels(y, labels, new)

    def save(self, path: str | os.PathLike, *, keep_data: bool = False) -> None:
        """Write the fitted sampler to a file, from which nothing is ever executed.

        It is a safetensors file with JSON inside, the same whatever device the
        training was done on. It needs ``pip install "gansampler[save]"``. Read more in
        the :ref:`User Guide <saving>`.

        Parameters
        ----------
        path : str or path-like
            The file. One that is there already is replaced as a whole or, if anything
            fails, left as it was.

        keep_data : bool, default=False
            Whether the file may hold training rows. Without it, what can't generate
            without them is refused: ``condition="anchor"`` and the smoothed bootstrap
            of tiny classes. Who does not want rows to be kept chooses another
            condition, or leaves tiny classes out. The file always holds the names of
            the columns and the labels, and of each class the values of categorical
            columns and of columns of few numbers, the most frequent numbers, and the
            smallest and largest.

        Raises
        ------
        NotFittedError
            If nothing was fitted yet.

        TypeError
            If something is code or of an unknown type: a network, a constraint or an
            augmentation of your own, a `rejection_estimator`; the message names it.

        ValueError
            If training rows would have to be in the file, or the seed of a private
            training.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from sklearn.datasets import make_classification
        >>> from gansampler import GANOverSampler
        >>> X, y = make_classification(n_samples=300, weights=[0.9], random_state=0)
        >>> sampler = GANOverSampler(max_iter=50, random_state=0)
        >>> X_res, y_res = sampler.fit_resample(X, y)
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder) / "sampler.safetensors"
        ...     sampler.save(path)
        ...     loaded = GANOverSampler.load(path)
        >>> rows = loaded.generators_[1].sample(2, random_state=0)
        >>> bool((rows == sampler.generators_[1].sample(2, random_state=0)).all())
        True
        """
        from gansampler.persistence.sampler_file import save_sampler

        save_sampler(self, path, keep_data=keep_data)

    @classmethod
    def load(cls, path: str | os.PathLike) -> GANOverSampler:
        """Read a fitted sampler from a file that :meth:`save` wrote.

        Nothing in the file is executed, also where it comes from someone else. Its
        checksum tells damage, not who wrote it.

        Parameters
        ----------
        path : str or path-like
            The file.

        Returns
        -------
        sampler : GANOverSampler
            The fitted sampler. Its generators give the very rows that the saved ones
            gave, by the same `random_state` and versions of the packages.

        Raises
        ------
        ValueError
            If the file is none of ours, damaged, or in the format of a newer version.

        OSError
            If there is no such file, or it can't be read.
        """
        from gansampler.persistence.sampler_file import load_sampler

        return load_sampler(path, cls)

    def _check_X_y(self, X: Any, y: Any) -> tuple[Any, np.ndarray, bool]:
        y = check_target_type(y)
        X = check_table(X)
        check_consistent_length(X, y)
        validate_data(self, X=X, y=y, reset=True, skip_check_array=True)
        return X, y, False  # no indicators: they are read before

    def _fit_resample(self, X: Any, y: np.ndarray) -> tuple[Any, np.ndarray]:
        frame = to_frame(X)
        schema = infer_schema(frame, self.categorical_features)
        config = self._training_config()
        constraints = check_constraints(self.constraints)
        random_state = check_random_state(self.random_state)
        wanted = {label: n for label, n in self.sampling_strategy_.items() if n > 0}
        seeds = random_state.randint(MAX_SEED, size=(len(wanted), 2))
        rows = {label: frame.iloc[np.flatnonzero(y == label)] for label in wanted}
        self._check_rows(frame, schema, config, constraints, rows)
        training_seeds = self._training_seeds(seeds[:, 0])

        rejection = self._fit_rejection(frame, y, schema, wanted, random_state)
        encoders = {
            label: make_encoder(schema, config, self.column_bounds).fit(rows[label])
            for label in wanted
        }
        labelled = self._label_rows(frame, y, encoders, training_seeds)
        trained = self._train_classes(rows, encoders, labelled, config, training_seeds)
        self.schema_ = schema
        self.categorical_features_ = schema.categorical_features
        self.history_ = {label: history for label, (_, history) in trained.items()}
        self.generators_ = {
            label: ClassGenerator(
                label,
                source,
                encoders[label],
                self._container,
                history,
                augmenter=self._fit_augmenter(schema, rows[label]),
                constraints=constraints,
                rejection=rejection if len(rows[label]) >= MIN_TRAINING_ROWS else None,
                n_candidates=self.n_candidates,
            )
            for label, (source, history) in trained.items()
        }
        warn_of_bootstraps(rows, self.history_)
        warn_of_faults(rows, self.history_)
        if rejection is not None:
            warn_of_lost_classes(rows, rejection.class_probability_.average_precision_)
        sampling_seeds = dict(zip(wanted, seeds[:, 1].tolist(), strict=True))
        synthetic = {
            label: self.generators_[label].sample_frame(n, sampling_seeds[label])
            for label, n in wanted.items()
        }
        self.copies_ = self._measure_copies(rows, synthetic, sampling_seeds)
        warn_of_copies(self.copies_)
        return self._append_synthetic(X, y, synthetic)

    def _training_seeds(self, seeds: np.ndarray) -> list[int]:
        """Return the seed of each class's training, a secret where it is private."""
        if self.privacy is not None and self.random_state is None:
            # All of NumPy's could be tried.
            return [secrets.randbits(63) for _ in seeds]
        return seeds.tolist()

    def _check_rows(
        self,
        frame: pd.DataFrame,
        schema: TableSchema,
        config: TrainingConfig,
        constraints: Constraints,
        rows: dict[Any, pd.DataFrame],
    ) -> None:
        """Check before any training whether the rows suit the parameters."""
        if config.image_shape is not None:
            check_image_schema(schema, frame, config.image_shape)
        for label in rows:
            constraints.check_real(rows[label], label)
        if config.privacy is not None:
            check_private_sampling(
                self.rejection_estimator,
                self.n_candidates,
                self.augmentation,
                self.callback,
            )
            check_private_table(schema, frame, self.column_bounds)
            check_private_sizes(config, {k: len(own) for k, own in rows.items()})

    def _train_classes(
        self,
        rows: dict[Any, pd.DataFrame],
        encoders: dict[Any, Encoder],
        labelled: Iterable[LabelledRows | None],
        config: TrainingConfig,
        seeds: list[int],
    ) -> dict[Any, tuple[RowSource, History]]:
        """Train the classes side by side; each has its seed, so that order is moot."""
        tasks = ClassTasks(
            self,
            self._init_callback_context(max_subtasks=len(encoders)),
            n_looks=count_looks(config),
            in_process=effective_n_jobs(self.n_jobs) == 1,
        )
        jobs = zip(encoders.items(), labelled, seeds, strict=True)
        results = Parallel(n_jobs=self.n_jobs, return_as="generator")(
            delayed(train_class)(
                label,
                encoder.transform(rows[label]),
                encoder.layout_,
                config,
                seed,
                bool(self.verbose),
                others,
                tasks.begin(label),
            )
            for (label, encoder), others, seed in jobs
        )
        trained = {}
        try:
            for label, result in zip(encoders, results, strict=True):
                trained[label] = result
                tasks.end(label)
        except BrokenProcessPool as error:
            lost = next(label for label in encoders if label not in trained)
            raise RuntimeError(
                f"A process that trained class {as_written(lost)!r} or one after it "
                "was killed from outside, most often by the system because memory ran "
                f"out. Set n_jobs below {self.n_jobs}, or to 1, which trains all "
                "classes one after another in this process."
            ) from error
        except PicklingError as error:
            raise TypeError(
                "A callback, a generator or a critic of yours can't be sent to the "
                f"processes of n_jobs={self.n_jobs}; leave n_jobs at None, or make it "
                "of what can be pickled."
            ) from error
        tasks.end_all()
        return trained

    def _label_rows(
        self,
        frame: pd.DataFrame,
        y: np.ndarray,
        encoders: dict[Any, Encoder],
        seeds: list[int],
    ) -> Iterator[LabelledRows | None]:
        """Return for each class rows of all, if there is to be an auxiliary classifier.

        They are encoded as the class's own are, one class after another, so that they
        need not be held for all at once.
        """
        for (label, encoder), seed in zip(encoders.items(), seeds, strict=True):
            if not self.auxiliary_classifier:
                yield None
                continue
            rng = np.random.default_rng(seed)
            picked = stratified_rows(y, MAX_LABELLED_ROWS, rng)
            classes, codes = np.unique(y[picked], return_inverse=True)
            yield LabelledRows(
                rows=encoder.transform(frame.iloc[picked]),
                codes=codes.reshape(-1).astype(np.int64),
                own=int(np.flatnonzero(classes == label)[0]),
            )

    def _fit_augmenter(
        self, schema: TableSchema, rows: pd.DataFrame
    ) -> Augmenter | None:
        if self.augmentation is None:
            return None
        fraction = float(self.augmentation_fraction)
        return Augmenter(self.augmentation, fraction, schema, self.image_shape).fit(
            rows
        )

    def _training_config(self) -> TrainingConfig:
        """Check what `_parameter_constraints` can't say, and gather the rest."""
        if self.augmentation is not None:
            check_augmentation(self.augmentation)
        n_critic = self.n_critic
        if isinstance(n_critic, str):
            n_critic = PENALTIES[self.penalty].n_critic
        image_shape = self.image_shape
        privacy = None
        if self.privacy is not None:
            privacy = PrivacyConfig(
                float(self.epsilon), float(self.delta), float(self.max_grad_norm)
            )
        config = TrainingConfig(
            condition=self.condition,
            objective=self.objective,
            penalty=self.penalty,
            penalty_weight=float(self.penalty_weight),
            instance_noise=float(self.instance_noise),
            latent_dim=int(self.latent_dim),
            generator_layers=check_layers("generator_layers", self.generator_layers),
            critic_layers=check_layers("critic_layers", self.critic_layers),
            residual=bool(self.residual),
            spectral_norm=bool(self.spectral_norm),
            feature_matching=float(self.feature_matching),
            moment_matching=float(self.moment_matching),
            pac=int(self.pac),
            auxiliary_classifier=float(self.auxiliary_classifier),
            image_shape=None if image_shape is None else read_image_shape(image_shape),
            generator=self.generator,
            critic=self.critic,
            max_iter=int(self.max_iter),
            batch_size=int(self.batch_size),
            learning_rate=float(self.learning_rate),
            n_critic=int(n_critic),
            ema_decay=float(self.ema_decay),
            early_stopping=bool(self.early_stopping),
            n_iter_no_change=int(self.n_iter_no_change),
            device=check_device(self.device),
            privacy=privacy,
        )
        check_combinations(config)
        return config

    def _fit_rejection(
        self,
        frame: pd.DataFrame,
        y: np.ndarray,
        schema: TableSchema,
        wanted: dict[Any, int],
        random_state: np.random.RandomState,
    ) -> Rejection | None:
        """Fit the classifier, unless there is nothing to choose from."""
        seed = random_state.randint(MAX_SEED)
        if not self._rejects() or not wanted:
            return None
        return Rejection(self.rejection_estimator, schema).fit(frame, y, seed)

    def _rejects(self) -> bool:
        """Tell whether there is anything to choose from, and what chooses."""
        return self.rejection_estimator is not None and self.n_candidates > 1

    def _measure_copies(
        self,
        rows: dict[Any, pd.DataFrame],
        synthetic: dict[Any, pd.DataFrame],
        seeds: dict[Any, int],
    ) -> dict[Any, Copies]:
        """Measure the copies of each class that was trained on.

        Those of a bootstrap are what it was warned of. Those of a private generator
        would tell of the rows.
        """
        return {
            label: measure_copies(
                rows[label],
                frame,
                self.generators_[label].encoder.transform,
                np.random.default_rng(seeds[label]),
            )
            for label, frame in synthetic.items()
            if self.history_[label].best_iteration and self.privacy is None
        }

    def _append_synthetic(
        self, X: Any, y: np.ndarray, synthetic: dict[Any, pd.DataFrame]
    ) -> tuple[Any, np.ndarray]:
        """Put the synthetic rows of each class, in order, below the real ones."""
        frames = list(synthetic.values())
        y_new = [
            np.full(len(frame), label, dtype=y.dtype)
            for label, frame in synthetic.items()
        ]
        below = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
        container = Container.of(X)
        return container.append(X, below), np.concatenate([y, *y_new])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags


def warn_of_bootstraps(
    rows: Mapping[Any, Sized], histories: Mapping[Any, History]
) -> None:
    """Warn of classes whose rows come from no generator, or from an early one.

    Parameters
    ----------
    rows : mapping of object to sized
        The rows of each class.

    histories : mapping of object to History
        The record of each class's training.
    """
    for label, history in histories.items():
        n_rows = len(rows[label])
        name = as_written(label)
        if history.diverged:
            kept = (
                f"the generator of iteration {history.best_iteration} is used"
                if history.best_iteration
                else "its rows come from a smoothed bootstrap of the real ones"
            )
            warn_user(
                f"Training for class {name!r} ({n_rows} rows) broke down at iteration "
                f"{history.n_iter}; {kept}. A smaller learning_rate may help."
            )
        elif n_rows < MIN_TRAINING_ROWS:
            warn_user(
                f"Class {name!r} has {n_rows} row{'s' if n_rows > 1 else ''}, fewer "
                f"than the {MIN_TRAINING_ROWS} that adversarial training needs; its "
                "rows come from a smoothed bootstrap of the real ones."
            )


def warn_of_faults(rows: Mapping[Any, Sized], histories: Mapping[Any, History]) -> None:
    """Warn of generators that collapsed, and of trainings that left their device.

    Parameters
    ----------
    rows : mapping of object to sized
        The rows of each class.

    histories : mapping of object to History
        The record of each class's training.
    """
    for label, history in histories.items():
        which = f"class {as_written(label)!r} ({len(rows[label])} rows)"
        if history.out_of_memory:
            warn_user(
                f"The device had too little memory for {which}, which was trained on "
                "the CPU. A smaller batch_size needs less, and so does n_jobs=1."
            )
        if history.collapsed and not history.diverged:
            warn_user(
                f"The generator of {which} collapsed: in the end its rows differed "
                f"{history.diversity[-1]:.2f} times as much as the real ones. The best "
                f"one, of iteration {history.best_iteration}, is used, whose rows may "
                "be hardly better. Go back to the default penalty and n_critic, or "
                "set pac, by which the critic sees that rows are alike; a generator of "
                "your own has to make something of each of its inputs."
            )


def warn_of_lost_classes(
    rows: Mapping[Any, Sized], average_precision: Mapping[Any, float]
) -> None:
    """Warn where the classes overlap so much that new rows land anywhere.

    Parameters
    ----------
    rows : mapping of object to sized
        The rows of each class.

    average_precision : mapping of object to float
        How well the classifier tells each class from the others.
    """
    for label in rows:
        found = average_precision.get(label, 1.0)
        if found < MIN_AVERAGE_PRECISION:
            warn_user(
                f"Class {as_written(label)!r} ({len(rows[label])} rows) can hardly be "
                "told from the others: the average precision of the classifier that "
                f"chooses rows is {found:.3f} on rows it has not seen. Where generated "
                "rows should lie can't be learnt from so little; compare with no "
                "resampling."
            )


def warn_of_copies(copies: Mapping[Any, Copies]) -> None:
    """Warn where generated rows repeat real ones more than these repeat each other.

    Parameters
    ----------
    copies : mapping of object to Copies
        What was found of each class.
    """
    for label, found in copies.items():
        if found.many_exact:
            share, usual, kind = found.exact, found.usual_exact, "copies"
        elif found.many_near:
            share, usual, kind = found.near, found.usual_near, "near copies"
        else:
            continue
        warn_user(
            f"Class {as_written(label)!r}: {share:.0%} of its generated rows are "
            f"{kind} of a real row, where {usual:.0%} would be usual. They may give "
            "real rows away, and add little to them. Try a smaller max_iter or "
            "condition='none', or privacy='dp' where no row may be given away; where "
            "rows can differ in a few ways only, it can't be helped."
        )
