"""The docstrings of parameters that several generators share."""

from __future__ import annotations

SHARED = {
    "instance_noise": """instance_noise : float, default=0.1
        Standard deviation of the normal noise added to real and generated rows before
        the critic sees them, in units of a column's standard deviation.""",
    "latent_dim": """latent_dim : int, default=32
        Length of the generator's random input.""",
    "generator": """generator : callable, default=None
        Function that creates your own network in place of the built-in one. It is
        called as ``(n_in, n_out, random_state)`` and returns a
        :class:`torch.nn.Module`. The module turns a batch of shape (n, `n_in`) into one
        of shape (n, `n_out`): the logits of the encoded rows. Its layers may draw from
        torch's global random state, which is seeded beforehand and restored
        afterwards.""",
    "critic": """critic : callable, default=None
        Function that creates your own critic in the same way. The first output is the
        score. Any further outputs predict the class for `auxiliary_classifier`.""",
    "max_iter": """max_iter : int, default=300
        Maximum number of iterations. One iteration is `n_critic` steps of the critic
        and one step of the generator, whatever the number of rows.""",
    "learning_rate": """learning_rate : float, default=2e-3
        Initial learning rate of Adam for both networks. It decays to zero along a
        cosine.""",
    "n_critic": """n_critic : int or "auto", default="auto"
        Steps of the critic for each step of the generator. "auto" means 5 with the
        penalties "gradient" and "clip", as their authors recommend, and 1 otherwise.
        With one step of "gradient" instead of five, generated rows were almost twice as
        far from a ring of eight clusters.""",
    "ema_decay": """ema_decay : float, default=0.985
        Decay of the exponential moving average of the generator's weights. The averaged
        weights generate the rows.""",
    "early_stopping": """early_stopping : bool, default=False
        Whether to stop once the fidelity statistic has not improved for
        `n_iter_no_change` iterations. Either way, you get the generator of the
        iteration with the best statistic.

    n_iter_no_change : int, default=100
        Number of iterations without improvement before `early_stopping` ends
        training.""",
    "objective": """objective : {"relativistic", "non_saturating", "minimax", \
            "least_squares", "hinge", "wasserstein"}, default="relativistic"
        The adversarial objective. On real tables the results differ little.

        - "relativistic": compare real and generated rows in pairs [1]_ [2]_.
        - "non_saturating" and "minimax": binary cross-entropy, with the non-saturating
          or the original loss of the generator [3]_.
        - "least_squares": squared errors [4]_.
        - "hinge": the hinge loss [5]_.
        - "wasserstein": the difference of mean scores [6]_. It needs a penalty or
          `spectral_norm`.""",
    "penalty": """penalty : {"r1_r2", "r1", "r2", "gradient", "clip", "none"}, \
            default="r1_r2"
        How to regularise the critic.

        - "r1", "r2", "r1_r2": the zero-centred gradient penalty at real rows (R1), at
          generated rows (R2), or at both [2]_.
        - "gradient": push the gradient norm between real and generated rows towards one
          [7]_.
        - "clip": clip the weights [6]_.
        - "none": no penalty.

    penalty_weight : float, default=1.0
        Weight of the gradient penalty in the critic's loss. It has no effect with
        "clip" and "none".""",
    "spectral_norm": """spectral_norm : bool, default=False
        Whether to divide the weights of both networks by their largest singular value
        [8]_, which bounds gradients without a penalty.

    feature_matching : float, default=0.0
        Weight of a second loss for the generator: the distance between the mean
        features of real and generated rows in the critic's hidden layers [9]_.""",
    "auxiliary_classifier": """auxiliary_classifier : float, default=0.0
        Weight of a classification loss. The critic then also learns the classes of real
        rows, and the generator learns to make rows that are classified as its own class
        [10]_. Only a :class:`gansampler.GANOverSampler` knows other classes. A
        generator fitted on its own raises a ValueError.""",
    "device": """device : str, default="auto"
        Where to train: "auto" or a torch device such as "cpu", "cuda", "cuda:1" or
        "mps". "auto" means the CPU, so that a GPU is used only on request. Rows are
        always generated on the CPU.""",
    "callback": """callback : callable, default=None
        Function called at each evaluation of the training with a dict: the `label` of
        the class (None outside a sampler), the `iteration`, `critic_loss`,
        `generator_loss`, `fidelity` and the `best_iteration` so far. If it returns a
        true value, training stops and the best generator so far is kept. With the
        sampler's `n_jobs`, it is called in the worker processes, so a list in your
        process stays empty. Leave `n_jobs` at None, or write to a file.""",
    "random_state": """random_state : int, RandomState instance or None, default=None
        Controls the randomness of training. With None, a sampler uses its own
        `random_state`; outside a sampler, None draws from NumPy's global random
        state.""",
    "verbose": """verbose : int, default=0
        Set it to 1 to show a progress bar.""",
    "attributes": """schema_ : TableSchema
        The type inferred for each column.

    categorical_features_ : ndarray of shape (n_cat_features,), dtype=int
        Positions of the categorical columns.

    history_ : History
        The training history.

    n_features_in_ : int
        Number of columns.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns. Defined only if all names are strings.""",
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
"""Maps the first parameter of each entry to the text of the entry."""
