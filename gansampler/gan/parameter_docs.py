"""What the generators say of the parameters that they share, word for word."""

from __future__ import annotations

SHARED = {
    "instance_noise": """instance_noise : float, default=0.1
        Standard deviation of the normal noise that is added to real and generated
        rows before the critic sees them, in standard deviations of a column.""",
    "latent_dim": """latent_dim : int, default=32
        Length of the generator's random input.""",
    "generator": """generator : callable, default=None
        Makes a network of your own in place of the built-in one. It is called as
        ``(n_in, n_out, random_state)`` and returns a :class:`torch.nn.Module` that
        turns a batch of shape (n, `n_in`) into one of shape (n, `n_out`): the logits of
        the encoded row. Its layers may draw from torch's global random state, which is
        seeded for them and restored.""",
    "critic": """critic : callable, default=None
        Makes a critic of your own in the same way. Its first output is the score,
        further ones name the class for `auxiliary_classifier`.""",
    "max_iter": """max_iter : int, default=300
        Iterations at most; one is `n_critic` steps of the critic and one of the
        generator. It does not depend on the number of rows.""",
    "batch_size": """batch_size : int, default=128
        Real rows, drawn with replacement, and generated rows in each step.""",
    "learning_rate": """learning_rate : float, default=2e-3
        Of Adam at the start, for both networks; it falls to zero along a cosine.""",
    "n_critic": """n_critic : int or "auto", default="auto"
        Steps of the critic for each step of the generator. "auto" is 1, but 5 with the
        penalties "gradient" and "clip", as their authors advise: with one step,
        "gradient" did not even find a ring of eight clusters.""",
    "ema_decay": """ema_decay : float, default=0.985
        Decay of the exponential moving average of the generator's weights, which
        generates the rows.""",
    "early_stopping": """early_stopping : bool, default=False
        Whether to stop when the fidelity statistic has not improved for
        `n_iter_no_change` iterations. With or without, the generator is the one
        of the iteration at which the statistic was best.

    n_iter_no_change : int, default=100
        Iterations without improvement after which `early_stopping` stops.""",
    "objective": """objective : {"relativistic", "non_saturating", "minimax", \
            "least_squares", "hinge", "wasserstein"}, default="relativistic"
        The adversarial objective: relativistic pairing [1]_ [2]_, binary cross-entropy
        with the non-saturating or the original loss of the generator [3]_, squared
        errors [4]_, the hinge loss [5]_, or the difference of mean scores [6]_, which
        needs a penalty or `spectral_norm`. Over real tables they differ little.""",
    "penalty": """penalty : {"r1_r2", "r1", "r2", "gradient", "clip", "none"}, \
            default="r1_r2"
        What keeps the critic in bounds: the zero-centred gradient penalty at real
        rows (R1), at generated rows (R2) or at both; "gradient", which drives the
        slopes between real and generated rows to one [7]_; "clip", which cuts the
        weights [6]_; or nothing.

    penalty_weight : float, default=1.0
        Factor of the gradient penalty in the critic's loss; "clip" and "none" have
        none.""",
    "spectral_norm": """spectral_norm : bool, default=False
        Whether the weights of both networks are divided by their largest singular
        value [8]_, so that slopes are bounded without a penalty.

    feature_matching : float, default=0.0
        Factor of a second loss of the generator: the distance between the mean
        features of real and of generated rows in the critic's hidden layers [9]_.""",
    "auxiliary_classifier": """auxiliary_classifier : float, default=0.0
        Factor of the loss by which the critic also learns to name the class of real
        rows of all classes, and the generator to be named as its own [10]_. Only a
        :class:`gansampler.GANOverSampler` knows other classes; on its own, a generator
        refuses it.""",
    "device": """device : str, default="auto"
        Where to train: "auto", which is the CPU, so that a GPU is used only when asked
        for, or a torch device such as "cpu", "cuda", "cuda:1", "mps". Rows are always
        generated on the CPU.""",
    "callback": """callback : callable, default=None
        Called after each look at the training, with a dict of the class's `label` (None
        outside of a sampler), the `iteration`, `critic_loss`, `generator_loss`,
        `fidelity` and the `best_iteration` so far. Where it returns something true,
        the training stops, and the best generator so far is kept. With `n_jobs` of the
        sampler it is called in the processes that train, so that a list of yours stays
        empty: leave `n_jobs` at None, or write to a file.""",
    "random_state": """random_state : int, RandomState instance or None, default=None
        Decides the training. With None, a sampler decides it by its own `random_state`;
        outside of a sampler NumPy's global random state is drawn from.""",
    "verbose": """verbose : int, default=0
        With 1, a progress bar.""",
    "attributes": """schema_ : TableSchema
        What each column was taken for.

    categorical_features_ : ndarray of shape (n_cat_features,), dtype=int
        Positions of the categorical columns.

    history_ : History
        The record of the training.

    n_features_in_ : int
        Number of columns.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, where all of them are strings.""",
    "references": """\
.. [1] A. Jolicoeur-Martineau, "The relativistic discriminator: a key element
       missing from standard GAN", 2018.

    .. [2] Y. Huang, A. Gokaslan, V. Kuleshov, J. Tompkin, "The GAN is dead; long live
       the GAN! A modern GAN baseline", 2024.

    .. [3] I. Goodfellow et al., "Generative adversarial nets", 2014.

    .. [4] X. Mao et al., "Least squares generative adversarial networks", 2017.

    .. [5] J. H. Lim, J. C. Ye, "Geometric GAN", 2017.

    .. [6] M. Arjovsky, S. Chintala, L. Bottou, "Wasserstein GAN", 2017.

    .. [7] I. Gulrajani et al., "Improved training of Wasserstein GANs", 2017.

    .. [8] T. Miyato et al., "Spectral normalization for generative adversarial
       networks", 2018.

    .. [9] T. Salimans et al., "Improved techniques for training GANs", 2016.

    .. [10] A. Odena, C. Olah, J. Shlens, "Conditional image synthesis with auxiliary
       classifier GANs", 2017.""",
}
"""Each entry by the name of its first parameter."""
