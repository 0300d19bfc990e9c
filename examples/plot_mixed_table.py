"""
==============================================
Over-sample a mixed table with missing values
==============================================

Customer tables contain numbers, dates, categories and flags, often with missing values.
``GANOverSampler`` takes such a table as it is. It returns the same columns and dtypes,
and values are missing about as often as in the class itself.
"""

# %%
# Customers who leave
# -------------------
# The customers of a phone company, made up with a fixed seed. About one in twelve
# leaves. Customers who leave tend to be newer, pay more and call support more often.
# The company also knows less about them: their satisfaction score is often missing.
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from gansampler import GANOverSampler


def make_customers(n: int = 1500, seed: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(seed)
    churn = rng.random(n) < 1 / 12

    tenure = rng.gamma(2.0, np.where(churn, 7.0, 16.0)).clip(1, 72).round()
    contract = np.where(
        rng.random(n) < np.where(churn, 0.8, 0.45),
        "monthly",
        np.where(rng.random(n) < 0.6, "one year", "two years"),
    )
    charge = rng.normal(np.where(churn, 74.0, 58.0), 14.0).clip(18).round(2)
    calls = rng.poisson(np.where(churn, 2.6, 0.9))
    satisfaction = rng.integers(1, 6, n) - churn
    payment = rng.choice(["bank transfer", "card", "cheque"], n, p=[0.45, 0.35, 0.2])
    signup = pd.Timestamp("2026-01-01") - pd.to_timedelta(tenure * 30.4, unit="D")

    X = pd.DataFrame(
        {
            "signup": signup.normalize(),
            "tenure_months": pd.array(tenure, dtype="Int64"),
            "monthly_charge": charge,
            "support_calls": calls,
            "satisfaction": pd.array(satisfaction.clip(1), dtype="Int64"),
            "contract": pd.Categorical(
                contract, ["monthly", "one year", "two years"], ordered=True
            ),
            "payment": pd.Categorical(payment),
            "paperless": pd.array(
                rng.random(n) < np.where(churn, 0.75, 0.55), "boolean"
            ),
        }
    )
    # Unhappy customers seldom answer the satisfaction survey.
    X.loc[rng.random(n) < np.where(churn, 0.45, 0.15), "satisfaction"] = pd.NA
    X.loc[rng.random(n) < 0.08, "monthly_charge"] = np.nan
    X.loc[rng.random(n) < np.where(churn, 0.12, 0.03), "payment"] = np.nan
    X.loc[rng.random(n) < 0.05, "paperless"] = pd.NA
    return X, pd.Series(np.where(churn, "left", "stayed"), name="status")


X, y = make_customers()
print(y.value_counts().to_string())
X[y == "left"].head()

# %%
# One call
# --------
# By default, the sampler detects categories and flags by their dtypes. You do not need
# to encode or impute anything. The result contains the original rows, unchanged,
# followed by the synthetic rows.
sampler = GANOverSampler(random_state=0)
X_res, y_res = sampler.fit_resample(X, y)

real = X[y == "left"]
synthetic = X_res.iloc[len(X) :]
print(y_res.value_counts().to_string())
synthetic.head()

# %%
# The dtypes are preserved, including the order of the categories.
pd.DataFrame({"given": X.dtypes, "returned": X_res.dtypes})

# %%
# Missing values
# --------------
# In each column, values are missing about as often for synthetic customers who left as
# for real ones. This differs from the share in the whole table. A column without
# missing values stays complete.
pd.DataFrame(
    {
        "all customers": X.isna().mean(),
        "left, real": real.isna().mean(),
        "left, synthetic": synthetic.isna().mean(),
    }
).round(3)

# %%
# Compare the distributions
# -------------------------
# The bars show the share of rows with each value, among customers who left. Missing
# values have a bar of their own.
#
# Customers with few support calls are somewhat rarer among the synthetic rows. They
# look more like customers who stayed, so rejection sampling keeps fewer of them. Set
# ``rejection_estimator=None`` to keep all generated rows.
BLUE, ORANGE = "#0072B2", "#E69F00"


def shares(column: pd.Series, bins: np.ndarray | None) -> pd.Series:
    """Return the share of rows in each bin or category, and of missing values."""
    values = column if bins is None else pd.cut(column.astype(float), bins)
    counts = values.value_counts(sort=False, dropna=True)
    known = counts if bins is not None else counts.sort_index()
    return pd.concat([known, pd.Series({"missing": column.isna().sum()})]) / len(column)


columns = {
    "tenure_months": np.arange(0, 73, 12),
    "monthly_charge": np.arange(10, 131, 20),
    "support_calls": None,
    "satisfaction": None,
    "contract": None,
    "payment": None,
}
figure, axes = plt.subplots(2, 3, figsize=(11, 6.2), layout="constrained")
for axis, (name, bins) in zip(axes.flat, columns.items(), strict=True):
    table = pd.DataFrame(
        {"real": shares(real[name], bins), "synthetic": shares(synthetic[name], bins)}
    ).fillna(0)
    if table.loc["missing"].sum() == 0:
        table = table.drop(index="missing")
    positions = np.arange(len(table))
    axis.bar(positions - 0.2, table["real"], 0.4, color=BLUE, label="real")
    axis.bar(positions + 0.2, table["synthetic"], 0.4, color=ORANGE, label="synthetic")
    labels = [
        f"{value.left:.0f}–{value.right:.0f}"
        if isinstance(value, pd.Interval)
        else value
        for value in table.index
    ]
    axis.set_xticks(
        positions, labels, rotation=30 if len(str(labels)) > 35 else 0, ha="center"
    )
    axis.set(title=name.replace("_", " "), ylabel="share of rows")
figure.legend(
    *axes[0, 0].get_legend_handles_labels(), loc="outside lower right", ncols=2
)
figure.suptitle(
    f"Customers who left: {len(real):,} real and {len(synthetic):,} synthetic rows"
)
plt.show()
