"""Attack saved files.

What do they tell of the rows that a sampler was trained on? Run
`python benchmarks/file_attack.py`, about two minutes on one core.

Half of the rarest class is resampled with the other classes, and the
sampler is saved. For the rows of both halves an attacker guesses whether they were
trained on:

- "file, values": by how many of a row's values stand in the file, to the last digit;
- "rows, values": by how many of them stand in 10,000 rows sampled from the file;
- "rows, distance": by the distance to the closest of these;
- "file with keep_data, forest": by what the forest in such a file says of the class.

An AUC of 0.5 is guessing. A file without `keep_data` should tell no more than its rows.
"""

from __future__ import annotations

import json
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from machine import versions
from safetensors import safe_open
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler
from tables import fill_missing, list_tables, load_table

from gansampler import GANOverSampler

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "shared" / "data"
MEMBERS = "file_members.csv"
N_SAMPLED = 10_000
MIN_ROWS = 40


def file_numbers(path: Path) -> set[Any]:
    """Return all numbers and texts of a file, but for the weights of its network."""
    with safe_open(path, framework="numpy") as file:
        plain = json.loads(file.metadata()["gansampler"])
        arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    found: set[Any] = set()

    def search(place: Any) -> None:
        if isinstance(place, dict):
            place = list(place.values())
        if isinstance(place, list):
            for inner in place:
                search(inner)
        elif isinstance(place, (str, int, float)):
            found.add(place)

    search([plain["fitted"], plain["shared"]])
    for array in arrays.values():
        if array.dtype == np.float64:  # thresholds of a forest; weights are float32
            found.update(array.ravel().tolist())
    return found


def values_in(frame: pd.DataFrame, known: list[set[Any]]) -> np.ndarray:
    """Count for each row how many values stand among those known of their columns."""
    columns = [
        np.array([value in known[j] for value in frame.iloc[:, j].tolist()])
        for j in range(frame.shape[1])
    ]
    return np.sum(columns, axis=0)


def distances(frame: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Return each row's distance to the closest of some others."""
    both = pd.get_dummies(pd.concat([rows, frame], ignore_index=True), dtype=float)
    scaled = StandardScaler().fit_transform(both)
    finder = NearestNeighbors(n_neighbors=1).fit(scaled[: len(rows)])
    return finder.kneighbors(scaled[len(rows) :])[0][:, 0]


def attack_members(name: str, folder: Path) -> dict[str, float] | None:
    """Return the AUC of each attack on the rarest class of a table."""
    X, y = load_table(DATA, name)
    rarest = int(y.max())
    own = np.flatnonzero(y == rarest)
    if len(own) < MIN_ROWS:
        return None
    out = np.random.default_rng(0).permutation(own)[: len(own) // 2]
    inside = X.index.difference(X.index[out])
    filled, held_out = fill_missing(X.loc[inside], X.iloc[out])
    y_in = y.loc[inside].to_numpy()
    sampler = GANOverSampler(random_state=0)
    sampler.fit_resample(filled, y_in)
    members = filled[y_in == rarest]
    both = pd.concat([members, held_out], ignore_index=True)
    truth = np.repeat([1, 0], [len(members), len(held_out)])
    sampler.save(folder / "file")
    sampler.save(folder / "kept", keep_data=True)
    loaded = GANOverSampler.load(folder / "file")
    rows = loaded.generators_[rarest].sample(N_SAMPLED, random_state=1)
    stored = [file_numbers(folder / "file")] * X.shape[1]
    shown = [set(rows.iloc[:, j].tolist()) for j in range(X.shape[1])]
    kept = GANOverSampler.load(folder / "kept").generators_[rarest].rejection
    forest = kept.class_probability_
    probabilities = forest.predict_proba(both)[:, list(forest.classes_).index(rarest)]
    scores = {
        "file, values": values_in(both, stored),
        "rows, values": values_in(both, shown),
        "rows, distance": -distances(both, rows),
        "file with keep_data, forest": probabilities,
    }
    return {kind: roc_auc_score(truth, score) for kind, score in scores.items()}


def main() -> None:
    """Attack the files, and publish what was found."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = {table: attack_members(table, folder) for table in list_tables(DATA)}
    members = pd.DataFrame({k: v for k, v in found.items() if v is not None}).T
    print(members.round(3).to_string())
    summary = members.agg(["mean", "max"]).T.rename_axis("attack").reset_index()
    summary.columns = ["attack", f"mean AUC over {len(members)} tables", "worst table"]
    results = members.rename_axis("table").reset_index().assign(versions=versions())
    results.to_csv(HERE / "results" / MEMBERS, index=False)
    summary.round(3).to_csv(HERE.parent / "docs" / "quality" / MEMBERS, index=False)


if __name__ == "__main__":
    main()
