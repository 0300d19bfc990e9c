"""
Keep relations between columns
==============================

In a table of orders, some relations hold in every row: a city lies in one country,
delivery comes after the order, and the total is the sum of price and postage. Synthetic
rows should keep them. ``GANOverSampler`` finds such relations in the table and
satisfies them by construction.
"""

# %%
# The table is imbalanced: about one order in ten is sent back.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from gansampler import GANOverSampler

rng = np.random.default_rng(0)
n = 1_000
countries = {"Rome": "Italy", "Pisa": "Italy", "Bonn": "Germany", "Lyon": "France"}
city = rng.choice(list(countries), n, p=[0.4, 0.1, 0.3, 0.2])
ordered = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 300, n), "D")
price = rng.lognormal(4, 1, n).round(2)
postage = rng.choice([0.0, 4.99, 9.99], n)
orders = pd.DataFrame(
    {
        "city": city,
        "country": pd.Series(city).map(countries),
        "ordered": ordered,
        "delivered": ordered + pd.to_timedelta(rng.geometric(0.3, n), "D"),
        "price": price,
        "postage": postage,
        "total": (price + postage).round(2),
    }
)
sent_back = rng.random(n) < 0.02 + 0.16 * (price > 60)

# %%
# ``relations_`` lists the relations that the sampler found.

sampler = GANOverSampler(random_state=0)
balanced, labels = sampler.fit_resample(orders, sent_back)
print(*sampler.relations_, sep="\n")

# %%
# No synthetic row breaks a relation.

new = balanced.iloc[n:]
print(
    "cities in another country:", (new["country"] != new["city"].map(countries)).sum()
)
print("delivered before ordered:", (new["delivered"] < new["ordered"]).sum())
print(
    "wrong totals:",
    ((new["price"] + new["postage"]).round(2) != new["total"]).sum(),
)
new.head()

# %%
# The columns keep their distributions: prices are skewed, and most deliveries take few
# days. The plot shows all generated rows. By default, rejection sampling then prefers
# rows that are more likely to be sent back.

generated = sampler.generators_[True].without_rejection().sample(1_000, random_state=0)
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
for rows, name in ((orders[sent_back], "real"), (generated, "generated")):
    left.ecdf(rows["price"], label=name)
    right.ecdf((rows["delivered"] - rows["ordered"]).dt.days, label=name)
left.set(xscale="log", xlabel="price", ylabel="share of rows up to this value")
right.set(xlabel="days until delivery")
right.locator_params(axis="x", integer=True)
left.legend()
fig.suptitle("Orders that were sent back: the curves should be close together")
