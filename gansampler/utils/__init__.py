"""What every other folder may use, and what knows nothing of them.

- `atomic_write`: write a file as a whole or not at all;
- `fitted`: whether a sampler has trained its generators;
- `formatting`: values, labels and types as messages show them;
- `near_copies`: the shares of rows that are copies of others, or nearly;
- `optional_import`: import an extra, or say how to install it;
- `parallel`: run jobs with joblib, also with backends that give all results at once;
- `random`: seeds as the user sets them, and for estimators whose user has set none;
- `rollback`: leave an estimator as it was where a fit fails;
- `row_counts`: whole numbers of rows, and no more than memory can hold;
- `subsampling`: draw a bounded number of rows, class by class;
- `version`: the version of the package;
- `warnings`: warn the user, at the user's own line.

It may import NumPy, pandas and scikit-learn, and nothing of this package.
"""
