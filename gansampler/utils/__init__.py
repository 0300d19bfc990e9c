"""Helpers that every other folder may use.

- `atomic_write`: write a file atomically;
- `fitted`: check whether a sampler has trained its generators;
- `formatting`: values, labels and types as messages show them;
- `near_copies`: the shares of rows that are copies or near copies of others;
- `optional_import`: import an optional dependency, or say how to install it;
- `parallel`: run jobs with joblib, also with backends that return results all at once;
- `random`: seeds from the user, and for estimators whose seed is not set;
- `rollback`: restore an estimator if a fit fails;
- `row_counts`: whole numbers of rows, no more than fit in memory;
- `subsampling`: draw a bounded number of rows, optionally class by class;
- `version`: the version of the package;
- `warnings`: warnings that point to the user's own line.

It may import NumPy, pandas and scikit-learn, and nothing of this package.
"""
