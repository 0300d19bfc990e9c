"""The statistics, the pictures and the publication of benchmark results."""

import sys

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

METRICS = ["AP", "ROC AUC", "F1", "G-mean", "MCC"]


def make_records(scores, n_splits=None, **columns):
    """Make results: `scores` has for each method its score on each table."""
    rows = [
        {
            "table": f"t{number}",
            "kind": "numeric",
            "minority_count_train": 30,
            "split": split,
            "classifier": "c",
            "method": method,
            "parameters": "",
            "fit_resample seconds": 0.5,
            "refused": 0,
            "error": "",
            "versions": "v",
            **dict.fromkeys(METRICS, score),
        }
        for method, by_table in scores.items()
        for number, score in enumerate(by_table)
        for split in range((n_splits or {}).get(method, 1))
    ]
    return pd.DataFrame(rows).assign(**columns)


def random_records(rng, methods, n_tables=12):
    records = make_records({method: rng.random(n_tables) for method in methods})
    records[METRICS] = rng.random((len(records), len(METRICS)))
    number = records["table"].str[1:].astype(int)
    records["minority_count_train"] = np.array([20, 100, 300])[number % 3]
    records["kind"] = np.array(["numeric", "mixed"])[number % 2]
    return records


# q of Demšar (2006), table 5(a), for the level 0.05.
@pytest.mark.parametrize(("k", "q"), [(2, 1.960), (5, 2.728), (10, 3.164)])
def test__critical_difference__table_of_demsar__same(bench, k, q):
    expected = q * np.sqrt(k * (k + 1) / (6 * 22))
    assert_allclose(bench.compare.critical_difference(k, 22), expected, rtol=3e-4)


def test__holm__worked_example__same(bench):
    # Steps 4 * .005, 3 * .01, 2 * .03 and .04, which may not fall below the third.
    p = np.array([0.01, 0.04, 0.03, 0.005])
    assert_allclose(bench.compare.holm(p), [0.03, 0.06, 0.06, 0.02])
    assert_allclose(bench.compare.holm(np.array([0.6, 0.9])), [1, 1])


def test__mean_ranks__ties__share_the_rank(bench):
    records = make_records({"a": [0.3, 0.9], "b": [0.1 + 0.2, 0.5], "c": [0.2, 0.5]})
    ranks = bench.compare.mean_ranks(records)
    # On the second table b and c share the ranks 2 and 3; on the first a and b share
    # 1 and 2, though their last bits differ.
    assert list(ranks.index) == ["a", "b", "c"]
    assert_allclose(ranks["all"], [1.25, 2, 2.75])
    assert_allclose(ranks["AP"], [1.25, 2, 2.75])


def test__mean_ranks__metrics_disagree__mean_of_the_metrics(bench):
    records = make_records({"a": [0.9], "b": [0.1]})
    records.loc[records["method"] == "b", ["F1", "MCC"]] = 1.0
    ranks = bench.compare.mean_ranks(records)
    assert_allclose(ranks.loc["a"], [1.4, 1, 1, 2, 1, 2])


def test__friedman__same_order_everywhere__largest_statistic(bench):
    scores = {"a": np.full(6, 0.9), "b": np.full(6, 0.8), "c": np.full(6, 0.7)}
    tests = bench.compare.friedman(make_records(scores))
    # The statistic is at most N (k - 1).
    assert_allclose(tests["chi-squared"], 12)
    assert_allclose(tests["p"], np.exp(-6))


def test__compare_pairs__fewer_splits__cells_of_both(bench):
    records = make_records({"a": [0.5] * 6, "b": [0.4] * 6}, {"a": 5, "b": 2})
    # Where only one of them was run does not count.
    records.loc[(records["method"] == "a") & (records["split"] > 1), METRICS] = 0.0
    tests = bench.compare.compare_pairs(records, [("a", "b")])
    assert_allclose(tests["mean difference"], 0.1)
    assert set(tests["wins-ties-losses"]) == {"6-0-0"}
    assert_allclose(tests["p"], 2 / 2**6)


def test__against_rivals__several__holm_over_the_rivals(bench, rng):
    records = random_records(rng, "abcd")
    tests = bench.compare.against_rivals(records, "a")
    assert list(tests["rival"][:3]) == ["b", "c", "d"]
    of_metric = tests[tests["metric"] == "F1"]
    assert_allclose(
        of_metric["p (Holm)"], bench.compare.holm(of_metric["p"].to_numpy())
    )


def test__means__fewer_splits_and_refusals__are_told(bench):
    records = make_records({"a": [0.5, 0.7], "b": [0.4, 0.4]}, {"a": 5, "b": 2})
    refusal = (records["method"] == "b") & (records["table"] == "t1")
    records.loc[refusal, ["refused", "error"]] = [1, "no neighbours"]
    means = bench.summary.means(records)
    assert_allclose(means["AP"], [0.6, 0.4])
    assert list(means["splits"]) == [5, 2]
    assert list(means["refused"]) == ["0 of 10", "2 of 4"]
    text = bench.summary.coverage(records)
    assert "- b was not run on 6 of 10 splits." in text
    assert "- b refused 2 of 4 splits (t1): no neighbours" in text


def test__with_groups__counts_and_kinds__bands(bench):
    records = make_records({"a": [0.5] * 4})
    records["minority_count_train"] = [50, 51, 200, 201]
    records["kind"] = ["numeric", "mixed", "categorical", "numeric"]
    grouped = bench.summary.with_groups(records)
    assert list(grouped["minority rows"]) == ["<= 50", "50-200", "50-200", "> 200"]
    kinds = ["numeric", "with categories", "with categories", "numeric"]
    assert list(grouped["columns"]) == kinds


def test__summarise__a_run_that_was_stopped__all_parts(bench, rng, tmp_path):
    records = random_records(rng, ["none", "SMOTE", "GANOverSampler"])
    records.iloc[1:].to_csv(tmp_path / "r.csv", index=False)
    text = bench.summary.summarise(bench.records.read_records(tmp_path / "r.csv"))
    headings = ["Mean ranks (1 is best) on 11 cells of 11 tables", "Friedman"]
    headings += ["Means by minority rows", "rival by columns", "loses on AP"]
    for heading in headings:
        assert heading in text
    assert "- none was not run on 1 of 12 splits." in text


def test__joined__critical_difference__longest_runs(bench):
    ranks = pd.Series([1.0, 1.5, 2.5, 4.0, 5.0, 5.2])
    assert list(bench.pictures.joined(ranks, 1.5)) == [(0, 2), (2, 3), (3, 5)]
    assert list(bench.pictures.joined(ranks, 0.1)) == []
    assert list(bench.pictures.joined(ranks, 9)) == [(0, 5)]


def overlaps(figure):
    """Find pairs of texts that overlap."""
    figure.canvas.draw()
    texts = [text for text in figure.axes[0].texts if text.get_text()]
    boxes = [text.get_window_extent() for text in texts]
    return [
        (texts[i].get_text(), texts[j].get_text())
        for i in range(len(boxes))
        for j in range(i)
        if boxes[i].overlaps(boxes[j])
    ]


def test__critical_difference__17_methods__legible(bench, rng, tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        bench.pictures, "save", lambda figure, path: drawn.append(figure)
    )
    ranks = pd.Series(
        rng.uniform(3, 14, 17), [f"polynom_fit_SMOTE {n}" for n in range(17)]
    )
    for cd in (1.0, 5.3):
        bench.pictures.save_critical_difference(ranks, cd, tmp_path)
    for figure in drawn:
        assert overlaps(figure) == []
        page = figure.bbox
        for text in figure.axes[0].texts:
            box = text.get_window_extent()
            assert page.x0 <= box.x0
            assert box.x1 <= page.x1


def test__critical_difference__methods__best_on_the_left(bench):
    ax = Figure().subplots()
    bench.pictures.critical_difference(pd.Series({"worst": 2.0, "best": 1.0}), 0.5, ax)
    x = {text.get_text().strip(): text.get_position()[0] for text in ax.texts}
    assert x["best  1.00"] < x["2.00  worst"]


def test__save__twice__same_bytes(bench, tmp_path):
    ranks = pd.Series({"a": 1.2, "b": 2.0, "c": 2.8})
    for name in ("one.svg", "two.svg"):
        bench.pictures.save_critical_difference(ranks, 1.0, tmp_path / name)
    picture = (tmp_path / "one.svg").read_bytes()
    assert picture == (tmp_path / "two.svg").read_bytes()
    assert b"<dc:date>" not in picture


@pytest.fixture
def publish(bench, tmp_path, monkeypatch):
    """Publish to a temporary folder, from the command line."""
    marks = (bench.publish.START, bench.publish.END)
    (tmp_path / "README.md").write_text("before {} old {} after".format(*marks))
    monkeypatch.setattr(bench.publish, "ROOT", tmp_path)
    monkeypatch.setattr(bench.publish, "FOLDER", tmp_path / "quality")

    def run(*runs):
        monkeypatch.setattr(sys, "argv", ["publish.py", *runs])
        bench.publish.main()
        return tmp_path / "quality"

    return run


def test__publish__main_run__every_table(publish, rng, tmp_path):
    methods = ["none", "SMOTE", "ADASYN", "GANOverSampler"]
    records = random_records(rng, methods)
    records.iloc[:20].to_csv(tmp_path / "a.csv", index=False)
    records.iloc[10:].to_csv(tmp_path / "b.csv", index=False)
    folder = publish(f"main={tmp_path}/a.csv,{tmp_path}/b.csv")
    names = {path.name.removeprefix("main_") for path in folder.iterdir()}
    tables = ["means", "tests", "bands", "bands_tests", "kinds", "kinds_tests"]
    tables += ["losses", "ranks", "friedman"]
    others = ["friedman.txt", "versions.txt", "ranks.svg", "differences.svg"]
    assert names == {*others, *(f"{table}.csv" for table in tables)}
    means = pd.read_csv(folder / "main_means.csv", index_col="method")
    # What both files have counts once.
    assert set(means["refused"]) == {"0 of 12"}
    expected = records.groupby("method")["AP"].mean()
    assert_allclose(means["AP"], expected[means.index], atol=5e-4)
    tests = pd.read_csv(folder / "main_tests.csv")
    assert len(tests) == 3
    assert {"AP", "ROC AUC", "F1", "G-mean", "MCC"} <= set(tests)
    text = (folder / "main_friedman.txt").read_text()
    assert text.startswith("Friedman's test over 4 methods and 12 tables")


def test__publish__together__all_tables_best_in_bold_and_the_readme(
    publish, rng, tmp_path
):
    records = random_records(rng, ["none", "SMOTE", "GANOverSampler", "elsewhere"])
    records.loc[records["method"] == "SMOTE", "F1"] = 0.99
    is_here = records["table"] == records["table"].iloc[0]
    records[is_here].to_csv(tmp_path / "a.csv", index=False)
    lacks = records["method"] == "elsewhere"
    records[~is_here & ~lacks].to_csv(tmp_path / "b.csv", index=False)
    folder = publish(f"together={tmp_path}/a.csv,{tmp_path}/b.csv")
    means = pd.read_csv(folder / "together_means.csv", index_col="method")
    # A method that lacks tables must not cost the others these tables.
    assert set(means.index) == {"no resampling", "SMOTE", "GANOverSampler"}
    expected = records.groupby("method")["AP"].mean()["GANOverSampler"]
    shown = float(means.loc["GANOverSampler", "AP"].strip("*"))
    assert_allclose(shown, expected, atol=5e-4)
    assert means.loc["SMOTE", "F1"] == "**0.990**"
    assert means["F1"].str.contains("*", regex=False).sum() == 1
    readme = (tmp_path / "README.md").read_text()
    assert "| GANOverSampler" in readme
    assert " old " not in readme


def test__publish__other_runs__leave_the_readme(publish, rng, tmp_path):
    methods = ["none", "SMOTE", "SMOTE+rejection", "GANOverSampler", "short"]
    records = random_records(rng, methods)
    records.loc[records["method"] == "short", "parameters"] = "max_iter=5"
    path = tmp_path / "r.csv"
    records.to_csv(path, index=False)
    folder = publish(f"fresh={path}", f"ablation={path}", f"rejection={path}")
    assert " old " in (tmp_path / "README.md").read_text()
    fresh = pd.read_csv(folder / "fresh_means.csv")
    assert "short" not in set(fresh["method"])
    ablation = pd.read_csv(folder / "ablation_means.csv")
    assert set(ablation["method"]) == {"GANOverSampler", "short"}
    pairs = pd.read_csv(folder / "rejection_pairs.csv")
    assert list(pairs["method"]) == ["SMOTE+rejection"]
    tests = pd.read_csv(folder / "rejection_tests.csv")
    assert list(tests["rival"]) == ["SMOTE", "SMOTE+rejection"]


def test__publish__family__a_cell_for_each_gan(publish, rng, tmp_path, bench):
    gans = list(bench.family.FAMILY)
    records = random_records(rng, ["GANOverSampler", "residual=True", *gans])
    is_default = records["method"] == "GANOverSampler"
    records["parameters"] = np.where(is_default, "", "some")
    is_alike = records["method"] == bench.family.DEFAULT
    records["fit_resample seconds"] = np.where(is_alike, 2.0, 5.0)
    path = tmp_path / "r.csv"
    records.to_csv(path, index=False)
    folder = publish(f"family={path}", f"family_time={path}")

    ap = pd.read_csv(folder / "family_penalties.csv", index_col="objective")
    assert ap.shape == (6, 6)
    own = records["method"] == "hinge r1 none"
    assert ap.loc["hinge", "r1"] == pytest.approx(records[own]["AP"].mean(), abs=6e-4)
    assert ap.isna().sum().sum() == 1  # Wasserstein without a penalty
    conditions = pd.read_csv(folder / "family_conditions.csv", index_col="objective")
    assert conditions["none"].tolist() == ap["r1_r2"].tolist()
    added = pd.read_csv(folder / "family_means.csv")
    assert set(added["method"]) == {"GANOverSampler", "residual=True"}
    assert "median seconds" not in added
    times = pd.read_csv(folder / "family_time_penalties.csv", index_col="objective")
    assert times.loc["hinge", "r1"] == 2.5


def test__publish__fidelity__mean_of_table_means(publish, tmp_path):
    frame = pd.DataFrame(
        {
            "table": ["s", "s", "t"],
            "seed": [0, 1, 0],
            "method": "SMOTE",
            "synthetic_count": 9,
            "detection AUC": [0.5, 0.7, 0.8],
            "error": "",
        }
    )
    frame.to_csv(tmp_path / "f.csv", index=False)
    folder = publish(f"fidelity={tmp_path}/f.csv")
    every = pd.read_csv(folder / "fidelity_all.csv", index_col="method")
    assert list(every.columns) == ["detection AUC", "tables"]
    assert_allclose(every.loc["SMOTE"], [0.7, 2])
    means = pd.read_csv(folder / "fidelity_means.csv", index_col="method")
    assert list(means.columns) == ["detection AUC"]


def test__publish__unknown_name_or_file__says_so(publish, tmp_path, capsys):
    for run, message in {
        "mane=x.csv": "'mane' is not one of",
        f"main={tmp_path}/x.csv": "cannot find",
    }.items():
        with pytest.raises(SystemExit):
            publish(run)
        assert message in capsys.readouterr().err
