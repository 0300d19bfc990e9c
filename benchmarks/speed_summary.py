"""Turn the CSV of `speed.py` into the tables and pictures of `docs/performance/`.

Run `python benchmarks/speed_summary.py`. Tables of parts that the CSV lacks stay
unchanged.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pictures import INK, MARKS, STYLE, WIDTH
from running import HERE

FOLDER = HERE.parent / "docs" / "performance"
MILLION = 1e6
SHOWN = ["20 numbers", "10 numbers, 6 categorical", "10 numbers, 200 categorical"]
"""The kinds of rows for which the parts of a step are shown."""
PARTS = {
    "conditioning": "condition",
    "generator, forwards": "generator, forward pass",
    "noise": "noise",
    "optimiser": "optimiser",
    "critic": "critic",
    "critic in the generator's step": "critic, in the generator's step",
    "generator, backwards": "generator, backward pass",
    "average": "moving average of the weights",
    "penalty": "gradient penalty",
    "looks": "fidelity checks",
    "bookkeeping": "other Python code",
}
"""What the parts of an iteration in the CSV are called in the documentation."""


def medians(records: pd.DataFrame) -> pd.DataFrame:
    """Return the median of each quantity over repeats, a column for each."""
    keys = ["case", "method", "quantity"]
    median = records.groupby(keys, sort=False)["value"].median()
    return median.unstack("quantity", sort=False)


def tables(records: pd.DataFrame) -> pd.DataFrame:
    """Compare our seconds and scores with CTGAN's; ratios are taken run by run."""
    wide = medians(records).unstack("method")
    seconds = records[records["quantity"] == "seconds"].pivot(
        index=["case", "repeat"], columns="method", values="value"
    )
    ratio = (seconds["CTGAN"] / seconds["GANOverSampler"]).groupby("case").median()
    frame = pd.DataFrame(
        {
            "seconds": wide["seconds"]["GANOverSampler"],
            "CTGAN, seconds": wide["seconds"]["CTGAN"],
            "times faster": ratio,
            "AP": wide["AP"]["GANOverSampler"],
            "CTGAN, AP": wide["AP"]["CTGAN"],
        }
    )
    frame.loc["median"] = frame.median()
    frame.loc["mean"] = frame.drop(index="median").mean()
    digits = {"seconds": 2, "CTGAN, seconds": 2, "times faster": 1}
    return frame.round({"AP": 3, "CTGAN, AP": 3, **digits})


def step(records: pd.DataFrame) -> pd.DataFrame:
    """Return the operations, the time and the floor of a step for each kind of row."""
    frame = medians(records).droplevel("method")
    return pd.DataFrame(
        {
            "operations": frame["operations"].astype(int),
            "MFLOP": frame["flops"] / MILLION,
            "step (ms)": 1e3 * frame["step"],
            "floor (ms)": 1e3 * frame["floor"],
            "step over floor": frame["step over floor"],
            "GFLOP/s of the floor": frame["flops per second of the floor"] / 1e9,
        }
    ).round(2)


def step_parts(records: pd.DataFrame) -> pd.DataFrame:
    """Return the share of each part of an iteration in percent."""
    frame = medians(records).droplevel("method").filter(like="seconds: ")
    frame.columns = frame.columns.str.removeprefix("seconds: ")
    frame = frame.loc[SHOWN].rename(columns=PARTS).rename_axis(columns="part")
    return (100 * frame.div(frame.sum(axis=1), axis=0)).T.round(1)


KINDS = {
    "matrix products": r"mm|mv|linear|matmul",
    "random numbers": "normal|uniform|rand|multinomial",
    "activations, norms, losses": "leaky|layer_norm|softmax|exp|log|sigmoid|sum|mean",
    "element-wise arithmetic": "mul|add|sub|neg|div|sqrt|lerp|addc|maximum|where|eq",
    "indexing and concatenation": "index|gather|scatter|one_hot|cat|stack|copy",
    "allocation and filling": "empty|zero|fill|ones|full|resize",
    "views": "view|slice|transpose|expand|permute|strided|chunk|split|select|t$|alias",
}
"""Torch's operations by kind. The first kind whose pattern matches counts."""


def operations(records: pd.DataFrame) -> pd.DataFrame:
    """Return the share of each kind of operation in percent."""
    frame = medians(records).droplevel("method").filter(like="operation: ")
    frame = frame.loc[SHOWN].T.fillna(0)
    names = frame.index.str.removeprefix("operation: ").str.removeprefix("aten::")
    kinds = [
        next((kind for kind, name in KINDS.items() if re.search(name, own)), "other")
        for own in names
    ]
    shares = frame.groupby(kinds, sort=False).sum()
    shares = shares.reindex([*KINDS, "other"]).fillna(0)
    return (100 * shares / shares.sum()).rename_axis("operations").round(1)


def classes(records: pd.DataFrame) -> pd.DataFrame:
    """Return the time for several classes as a multiple of the time for one."""
    seconds = records.pivot(index="repeat", columns="case", values="value")
    seconds.columns = seconds.columns.astype(int)
    ratios = seconds.div(seconds[1], axis=0)
    frame = pd.DataFrame(
        {"seconds": seconds.median(), "times one class": ratios.median()}
    )
    return frame.rename_axis("minority classes").sort_index().round(2)


def million(records: pd.DataFrame) -> pd.DataFrame:
    """Return the medians of balancing a million rows."""
    return medians(records).droplevel("method").round(1)


def sampling(records: pd.DataFrame) -> pd.DataFrame:
    """Return the rows per second of each method, and as a multiple of CTGAN's."""
    rates = records.pivot(
        index=["case", "repeat"], columns="method", values="value"
    ).groupby("case")
    ratios = rates.apply(lambda group: group.div(group["CTGAN"], axis=0).median())
    frame = pd.concat(
        {
            "rows per second": rates.median().round().astype(int),
            "relative to CTGAN": ratios,
        },
        axis=1,
    )
    return frame.stack("method", future_stack=True).round(1)


def memory(records: pd.DataFrame) -> pd.DataFrame:
    """Return seconds and memory, in megabytes, of resampling tables of growing size."""
    frame = megabytes(records[records["case"].str.fullmatch(r"\d+ rows")])
    beyond = frame["peak MB beyond the table"] - frame["MB of the result"]
    return frame.assign(**{"peak MB beyond both": beyond.clip(lower=0).round(1)})


def streaming(records: pd.DataFrame) -> pd.DataFrame:
    """Return seconds and memory, in megabytes, of rows sampled in parts."""
    return megabytes(records[records["case"].str.contains("new")])


def megabytes(records: pd.DataFrame) -> pd.DataFrame:
    """Return the medians, sizes in megabytes."""
    frame = medians(records).droplevel("method")
    sizes = frame.columns[frame.columns.str.contains("bytes")]
    frame[sizes] = frame[sizes] / MILLION
    return frame.rename(columns=lambda name: name.replace("bytes", "MB")).round(1)


def imports(records: pd.DataFrame) -> pd.DataFrame:
    """Return the time of the imports, and ours over imbalanced-learn's."""
    seconds = records.pivot(index="repeat", columns="case", values="value")
    frame = seconds.median().to_frame("seconds")
    ratios = seconds.div(seconds["imblearn.over_sampling"], axis=0)
    frame["relative to imblearn.over_sampling"] = ratios.median()
    return frame.round(2)


def scaling(records: pd.DataFrame) -> pd.DataFrame:
    """Return the seconds for each size of a table."""
    frame = medians(records).droplevel("method").reset_index()
    frame[["axis", "size"]] = frame["case"].str.split(": ", expand=True)
    frame["size"] = frame["size"].astype(int)
    return frame.set_index(["axis", "size"])[["seconds"]].round(2)


SUMMARIES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "tables": tables,
    "step": step,
    "classes": classes,
    "million": million,
    "sampling": sampling,
    "memory": memory,
    "streaming": streaming,
    "imports": imports,
    "scaling": scaling,
}


def draw_scaling(frame: pd.DataFrame) -> Figure:
    """Draw the seconds against each kind of size, on logarithmic axes."""
    axes_names = list(dict.fromkeys(frame.index.get_level_values("axis")))
    figure = Figure(figsize=(WIDTH, 2.6), layout="constrained")
    axes = figure.subplots(1, len(axes_names), sharey=True)
    for name, ax in zip(axes_names, axes, strict=True):
        draw_curve(frame.loc[name, "seconds"], name, ax)
    # Once all curves are drawn: a limit that is set earlier would cut off later ones.
    axes[0].set_ylim(bottom=0.1)
    axes[0].yaxis.set_major_formatter("{x:g}")
    axes[0].yaxis.set_minor_formatter("")
    axes[0].set_ylabel("seconds")
    return figure


def draw_curve(seconds: pd.Series, name: str, ax: Axes) -> None:
    """Draw one curve, with a dotted line of a time in proportion to the size."""
    marker, colour = MARKS[0]
    ax.plot(seconds.index, seconds, marker=marker, color=colour, markersize=4)
    first, last = seconds.index[0], seconds.index[-1]
    end = seconds.iloc[-1]
    ax.plot([first, last], [end * first / last, end], ":", color=INK, linewidth=1)
    ax.set(xscale="log", yscale="log", xlabel=name)
    ax.spines[["top", "right"]].set_visible(False)


def main() -> None:
    """Write a table for each part, and the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", type=Path, default=HERE / "results" / "speed.csv")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    records = pd.read_csv(arguments.input, dtype={"case": str})
    arguments.folder.mkdir(parents=True, exist_ok=True)
    found = dict(tuple(records.groupby("part")))
    if "memory" in found:
        found["streaming"] = found["memory"]
    for part in SUMMARIES.keys() & found.keys():
        SUMMARIES[part](found[part]).to_csv(arguments.folder / f"{part}.csv")
    if "step" in found:
        step_parts(found["step"]).to_csv(arguments.folder / "step_parts.csv")
        operations(found["step"]).to_csv(arguments.folder / "operations.csv")
    if "scaling" in found:
        with matplotlib.rc_context(STYLE):
            figure = draw_scaling(scaling(found["scaling"]))
            figure.savefig(arguments.folder / "scaling.svg", metadata={"Date": None})
    versions = "\n".join(records["versions"].unique()).replace("; ", "\n")
    (arguments.folder / "versions.txt").write_text(versions + "\n")


if __name__ == "__main__":
    main()
