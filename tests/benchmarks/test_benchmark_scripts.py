"""The benchmark as one runs it: a command on a folder of tables."""

import json
from argparse import ArgumentTypeError
from functools import partial

import numpy as np
import pandas as pd
import pytest
from imblearn import FunctionSampler
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits
from sklearn.metrics import average_precision_score, f1_score, recall_score
from sklearn.utils import Bunch
from tables import quick, quick_gan

from gansampler import GANOverSampler, TabularGAN
from gansampler.gan import ImageGAN
from gansampler.gan.history import CHECK_EVERY
from gansampler.generation.composition import make_generator
from gansampler.tabular.encoder import RowLayout

# The scripts train many samplers, and are not part of the package.
pytestmark = pytest.mark.slow

SETTINGS = ("natural", "all")
METHODS = "none,SMOTE"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Write a table of three classes, without a manifest."""
    folder = tmp_path_factory.mktemp("folder")
    rng = np.random.default_rng(0)
    y = np.repeat(["b", "c", "a"], [60, 12, 20])
    x = rng.normal(size=92) + np.repeat([0, 2, 4], [60, 12, 20])
    table = pd.DataFrame({"x": x, "label": rng.choice(["u", "v"], 92), "y": y})
    table.to_csv(folder / "three.csv.gz", index=False)
    return folder


def mixed_part():
    """Make a training part: the label of each class is its own."""
    rng = np.random.default_rng(0)
    y = pd.Series(np.repeat([0, 1, 2], [40, 12, 8]))
    label = pd.Series(np.array(["a", "b", "c"])[y], dtype="category")
    return pd.DataFrame({"x": rng.normal(size=60) + y, "label": label}), y


@pytest.fixture(scope="module")
def results(bench, run_main, bench_data, tmp_path_factory):
    output = tmp_path_factory.mktemp("results") / "quality.csv"
    options = ["--data", bench_data, "--output", output, "--methods", METHODS]
    options += ["--splits", 2, "--reference", "short"]
    variant = ["--variant", "short:max_iter=5,generator_layers=(8, 8)"]
    text = run_main(bench.quality, *options, *variant)
    return options, output, text


def test__quality__all_methods__scores_of_every_cell(results):
    _, output, _ = results
    records = pd.read_csv(output, keep_default_na=False)
    assert set(records["method"]) == {*METHODS.split(","), "short"}
    # methods, splits and classifiers
    assert len(records) == 3 * 2 * 5
    assert (records["error"] == "").all()
    assert set(records["refused"]) == {0}
    assert set(records["classes"]) == {"all"}
    # Better than chance, by each metric's own level of chance.
    assert records["AP"].astype(float).gt(40 / 190).all()
    assert records["ROC AUC"].astype(float).gt(0.5).all()
    assert records["versions"].str.contains("torch 2").all()


def test__quality__run_again__continues_and_repeats_the_summary(
    bench, run_main, results
):
    options, output, text = results
    before = output.read_bytes()
    again = run_main(bench.quality, *options)
    assert "4 tasks are there, 0 to run" in again
    assert output.read_bytes() == before
    assert text.rstrip().endswith(again.split("\n", 1)[1].rstrip())
    assert "## short against each rival" in again


@pytest.mark.parametrize("name", ["quality", "fidelity", "operating_points"])
def test__studies__no_tables__say_so(bench, run_main, tmp_path, name):
    text = run_main(getattr(bench, name), "--data", tmp_path)
    assert f"No tables at {tmp_path}" in text


@pytest.mark.parametrize("name", ["quality", "fidelity", "operating_points"])
def test__studies__command_on_a_table__its_results(
    run_script, bench_data, tmp_path, name
):
    options = ["--data", bench_data, "--output", tmp_path / "results.csv"]
    run_script(f"{name}.py", *options, "--methods", "none,SMOTE")
    assert {"none", "SMOTE"} <= set(pd.read_csv(tmp_path / "results.csv")["method"])


@pytest.mark.parametrize("name", ["quality", "fidelity", "operating_points"])
def test__studies__unknown_method__named(bench, run_main, capsys, name):
    with pytest.raises(SystemExit):
        run_main(getattr(bench, name), "--methods", "none,SMOET")
    assert "unknown: SMOET" in capsys.readouterr().err


def test__summary__scores_by_hand__ranks_and_tests(bench, run_main, tmp_path):
    tables = [f"t{k}" for k in range(6)]
    rows = [
        {
            "table": table,
            "split": 0,
            "classifier": "c",
            "method": method,
            "kind": "numeric",
            "minority_count_train": 30,
            "fit_resample seconds": 0,
            "versions": "v",
            **dict.fromkeys(["AP", "ROC AUC", "F1", "G-mean", "MCC"], score + k / 100),
        }
        for k, table in enumerate(tables)
        for method, score in {"GANOverSampler": 0.5 + k / 50, "none": 0.4}.items()
    ]
    pd.DataFrame(rows).assign(parameters="", refused=0, error="").to_csv(
        tmp_path / "r.csv"
    )
    text = run_main(bench.summary, tmp_path / "r.csv")
    lines = [[cell.strip() for cell in line.split("|")] for line in text.split("\n")]
    assert ["", "GANOverSampler", *["1.00"] * 6, ""] in lines
    assert ["", "none", *["2.00"] * 6, ""] in lines
    # Six wins of six have p = 2 / 2**6; the mean difference is 0.1 + 2.5 / 50.
    test = ["", "AP", "none", "0.1500", "6-0-0", *["0.0312"] * 2, ""]
    assert test in lines, json.dumps(lines[:40])


SAMPLERS = {
    "fails": FunctionSampler(func=lambda X, y: 1 / 0, validate=False),
    "adds nothing": FunctionSampler(validate=False),
}


@pytest.mark.parametrize("name", SAMPLERS)
def test__run_task__method_refuses__scores_of_no_resampling(bench, bench_data, name):
    def rows(method, name):
        task = bench.running.Task(bench_data, "small", 0, name, method, *SETTINGS)
        return bench.quality.run_task(task)

    refused = rows(lambda X, y, seed: SAMPLERS[name], name)
    none = rows(bench.methods.METHODS["none"], "none")
    assert all(row["refused"] and row["error"] for row in refused)
    assert not any(row["refused"] or row["error"] for row in none)
    metrics = ["classifier", "AP", "ROC AUC", "F1", "G-mean", "MCC"]
    for row, other in zip(refused, none, strict=True):
        assert [row[m] for m in metrics] == [other[m] for m in metrics]


def test__parse_variant__parameters_of_both__each_where_it_belongs(bench):
    text = "it:gan=ImageGAN,image_shape=(2, 2),n_candidates=2,critic_layers=()"
    name, method = bench.methods.parse_variant(text)
    sampler = method(None, None, 7)
    assert name == "it"
    assert isinstance(sampler.gan, ImageGAN)
    assert sampler.gan.image_shape == (2, 2)
    assert sampler.gan.critic_layers == ()
    assert sampler.n_candidates == 2
    assert sampler.random_state == 7


@pytest.mark.parametrize(
    ("parameter", "value", "error"),
    [("max_itre", "5", TypeError), ("condition", "ancor", ValueError)],
)
def test__run_task__mistaken_parameter__stops(
    bench, bench_data, parameter, value, error
):
    name, method = bench.methods.parse_variant(f"typo:{parameter}={value}")
    task = bench.running.Task(bench_data, "small", 0, name, method, *SETTINGS)
    with pytest.raises(error, match=parameter):
        bench.quality.run_task(task)


def test__run_task__three_classes_without_manifest__all_or_rarest(bench, folder):
    def first_row(classes):
        method = bench.methods.METHODS["RandomOverSampler"]
        settings = ("natural", classes)
        task = bench.running.Task(folder, "three", 0, "ROS", method, *settings)
        return bench.quality.run_task(task)[0]

    assert bench.tables.list_tables(folder) == ["three"]
    X, y = bench.tables.load_table(folder, "three", classes="all")
    assert bench.tables.kind_of(X) == "mixed"
    assert np.bincount(y).tolist() == [60, 20, 12]
    _, y = bench.tables.load_table(folder, "three")
    assert np.bincount(y).tolist() == [80, 12]
    for classes in ("all", "rarest"):
        row = first_row(classes)
        assert row["minority_count_train"] == 8
        assert row["classes"] == classes
        assert row["refused"] == 0
        assert row["AP"] > 0.2


def test__score__two_classes__as_at_the_threshold(bench):
    rng = np.random.default_rng(0)
    y = pd.Series(np.repeat([0, 1], [80, 20]))
    # One decimal, so that some lie on the threshold.
    p = np.clip(rng.normal(0.4 + 0.2 * y, 0.2), 0, 1).round(1)
    scores = bench.classifiers.score(y, np.column_stack([1 - p, p]))
    y_pred = (p >= 0.5).astype(int)
    sensitivity, specificity = (recall_score(y, y_pred, pos_label=c) for c in (1, 0))
    assert (p == 0.5).any()
    assert scores["AP"] == average_precision_score(y, p)
    assert scores["F1"] == f1_score(y, y_pred)
    assert scores["G-mean"] == pytest.approx(np.sqrt(sensitivity * specificity))
    assert scores["balanced accuracy"] == (sensitivity + specificity) / 2


def test__score__three_classes__means_over_minorities(bench):
    y = pd.Series([0, 0, 1, 1, 2, 2])
    p = np.eye(3)[[0, 0, 1, 1, 2, 0]]
    scores = bench.classifiers.score(y, p)
    # Recalls 1, 1, 1/2; class 1 is perfect, class 2 has half its rows.
    assert scores["G-mean"] == pytest.approx(0.5 ** (1 / 3))
    assert scores["balanced accuracy"] == pytest.approx(2.5 / 3)
    assert scores["F1"] == pytest.approx((1 + 2 / 3) / 2)
    assert scores["ROC AUC"] == pytest.approx((1 + 0.75) / 2)


def test__natural_rows__three_classes__small_ones_stay(bench):
    y = np.repeat([0, 1, 2, 3], [38_000, 1900, 90, 3])
    order = np.random.default_rng(0).permutation(len(y))
    chosen = bench.tables.natural_rows(order, y)
    assert np.bincount(y[chosen]).tolist() == [3798, 190, 9, 3]
    y = np.repeat([0, 1], [49_990, 10])
    order = np.random.default_rng(0).permutation(len(y))
    chosen = bench.tables.natural_rows(order, y)
    assert np.bincount(y[chosen]).tolist() == [3995, 5]


def test__load_table__class_too_small__says_so(bench, tmp_path):
    table = pd.DataFrame({"x": range(24), "target": [0] * 20 + [1] * 4})
    table.to_csv(tmp_path / "few.csv", index=False)
    with pytest.raises(ValueError, match="few has a class of 4 rows"):
        bench.tables.load_table(tmp_path, "few")


def test__on_codes__extrapolating_sampler__legal_categories(bench):
    X, y = mixed_part()

    def extrapolate(X, y):
        return pd.concat([X, 3 * X - 2]), pd.concat([y, y])

    sampler = FunctionSampler(func=extrapolate, validate=False)
    X_resampled, _ = bench.wrappers.OnCodes(sampler).fit_resample(X, y)
    assert X_resampled.dtypes.equals(X.dtypes)
    assert_array_equal(X_resampled[:60], X)
    assert set(X_resampled["label"][60:]) == {"a", "b", "c"}
    assert X_resampled["label"].notna().all()


def test__jittered_numbers__mixed_table__numbers_move_alone(bench):
    X, y = mixed_part()
    sampler = bench.methods.METHODS["ROS+shrinkage"](X, y, 0)
    X_resampled, y_resampled = sampler.fit_resample(X, y)
    assert np.bincount(y_resampled).tolist() == [40] * 3
    assert X_resampled.dtypes.equals(X.dtypes)
    assert_array_equal(X_resampled[:60], X)
    assert not X_resampled["x"][60:].isin(X["x"]).any()
    assert_array_equal(X_resampled["label"], np.array(["a", "b", "c"])[y_resampled])


@pytest.mark.parametrize("name", ["SMOTE", "ROS+shrinkage", "BorderlineSMOTE"])
def test__with_rejection__three_classes__rows_wanted(bench, name):
    X, y = mixed_part()
    method = bench.methods.ALL_METHODS[f"{name}+rejection"]
    X_resampled, y_resampled = method(X, y, 0).fit_resample(X, y)
    assert X_resampled.dtypes.equals(X.dtypes)
    assert_array_equal(X_resampled[:60], X)
    assert np.bincount(y_resampled).tolist() == [40] * 3


def test__class_by_class__generator__its_rows_below(bench):
    X, y = mixed_part()

    def generate(X, y, label, n):
        return X[y == label].sample(n, replace=True, random_state=0).astype(object)

    sampler = bench.wrappers.ClassByClass(generate, {1: 15, 2: 8})
    X_resampled, y_resampled = sampler.fit_resample(X, y)
    assert X_resampled.dtypes.equals(X.dtypes)
    assert y_resampled[60:].tolist() == [1] * 3
    assert X_resampled["label"][60:].tolist() == ["b"] * 3


def test__require__package_not_there__named(bench):
    with pytest.raises(ImportError, match="needs no-such-package"):
        bench.rivals.require("no_such_package", "no-such-package")


def test__balanced_classifiers__weights__where_there_are_any(bench):
    X, y = mixed_part()
    y = (y == 2).astype(int)
    X["x"] = np.random.default_rng(0).normal(size=60)
    X = X[["x"]]
    for name, model in bench.classifiers.make_balanced_classifiers(0).items():
        plain = bench.classifiers.make_classifiers(0)[name]
        p, q = (bench.classifiers.predict(m, X, y, X)[:, 1] for m in (model, plain))
        assert (p.mean() > q.mean()) == (name != "5-NN"), name


def test__check_settings__others_there__stops(bench, results, tmp_path):
    _, output, _ = results
    check = bench.records.check_settings
    check(output, {"rows": "natural", "classes": "all"})
    with pytest.raises(SystemExit, match="results of --classes all"):
        check(output, {"rows": "natural", "classes": "rarest"})
    fewer = bench.records.read_records(output).drop(columns=["classes", "refused"])
    fewer.to_csv(tmp_path / "fewer.csv", index=False)
    with pytest.raises(SystemExit, match="other columns"):
        check(tmp_path / "fewer.csv", {"rows": "natural"})
    check(tmp_path / "fewer.csv", {"rows": "natural", "classes": "all"}, columns=None)


def test__keel__text_of_a_table__columns_and_missing_values(bench):
    text = "38, ab,  2, negative\n39, ?, <null>, positive \n"
    frame = bench.fetch_tables.parse_keel(text)
    assert list(frame) == ["a1", "a2", "a3", "target"]
    assert frame["target"].tolist() == ["negative", "positive"]
    assert frame["a2"].tolist()[0] == "ab"
    assert frame.iloc[1].isna().tolist() == [False, True, True, False]
    assert len(set(bench.fetch_tables.KEEL)) == 22


def test__zenodo__bunch__table_that_quality_reads(bench, tmp_path):
    bunch = Bunch(data=np.arange(60.0).reshape(30, 2), target=[-1] * 25 + [1] * 5)
    bench.fetch_tables.to_frame(bunch).to_csv(tmp_path / "fake.csv", index=False)
    X, y = bench.tables.load_table(tmp_path, "fake")
    assert X.shape == (30, 2)
    assert_array_equal(y, X["a1"] >= 50)


def test__fresh__bundled_tables__that_quality_reads(bench, tmp_path):
    for name, frame in bench.fetch_tables.bundled().items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    X, y = bench.tables.load_table(tmp_path, "digits_8", classes="all")
    assert X.shape == (1797, 64)
    assert sorted(y.value_counts()) == [174, 1623]
    assert bench.tables.load_table(tmp_path, "wine", classes="all")[1].nunique() == 3


@pytest.mark.parametrize("patch", ["standardised", "last checkpoint"])
def test__ablation__patch__changes_the_rows_while_it_resamples(bench, patch):
    rng = np.random.default_rng(0)
    y = pd.Series(np.repeat([0, 1], [60, 20]))
    X = pd.DataFrame({"x": rng.standard_cauchy(80), "z": rng.normal(size=80)})
    # Long enough at too high a rate, so that the last look is not the best one.
    sampler = quick(max_iter=300, learning_rate=0.05, rejection_estimator=None)
    target, replacement = bench.ablation.PATCHES[patch]()
    patched = bench.ablation.Patched(sampler, target, replacement)
    before, changed, after = (
        s.fit_resample(X, y)[0].iloc[80:] for s in (sampler, patched, sampler)
    )
    assert not before.equals(changed)
    assert before.equals(after)
    assert np.isfinite(changed).all(axis=None)


def test__ablation__names__are_choices_of_the_benchmark(bench):
    assert set(bench.ablation.ABLATION) <= set(bench.quality.CHOICES)
    assert all(bench.methods.parameters_of(m) for m in bench.ablation.ABLATION.values())


def test__methods__group__stands_for_all_of_its_methods(bench):
    parse = bench.running.some_of(bench.quality.CHOICES, bench.quality.GROUPS)
    assert parse("none,regularisers") == ["none", *bench.family.REGULARISERS]
    with pytest.raises(ArgumentTypeError, match="unknown: famly"):
        parse("famly")


def test__family__all__differ_from_each_other_and_are_trained(bench):
    methods = {**bench.family.FAMILY, **bench.family.REGULARISERS}
    assert len(bench.family.FAMILY) == 35 + 12
    default = methods[bench.family.DEFAULT](None, None, 0)
    # The grid of the family was run before the category became the default condition.
    assert default.gan.get_params() == TabularGAN(condition="none").get_params()
    assert len({bench.methods.parameters_of(m) for m in methods.values()}) == len(
        methods
    )
    for method in methods.values():
        make_generator(method(None, None, 0))  # raises where the sampler refuses


def test__recovery__real_points__about_as_far_as_a_bootstrap(bench):
    recovery = bench.recovery
    for draw in recovery.SHAPES.values():
        real, fresh = draw(200, 0), draw(2000, 1)
        assert recovery.times_bootstrap(draw(2000, 2), real, fresh) < 1
        assert recovery.times_bootstrap(real + 1, real, fresh) > 3
    assert recovery.count_modes(recovery.ring(500, 0)) == 8
    assert recovery.count_modes(recovery.ring_centres()[:3]) == 3


def test__recovery__measure__a_row_for_a_recipe(bench, monkeypatch):
    monkeypatch.setitem(bench.recovery.RECIPES, "short", {"max_iter": 2})
    measured = bench.recovery.measure("short", 0)
    assert measured["GAN"] == "short"
    assert measured["moon, times the bootstrap"] > 1


def test__digits__one_split__a_score_for_each_sampler(
    bench, run_main, tmp_path, monkeypatch
):
    def three_digits(**params):
        X, y = load_digits(**params)
        return X[np.isin(y, [1, 3, 8])], y[np.isin(y, [1, 3, 8])]

    monkeypatch.setattr(bench.digits, "load_digits", three_digits)
    printed = run_main(
        bench.digits, "--splits", 1, "--max-iter", 2, "--output", tmp_path / "d.csv"
    )
    scores = pd.read_csv(tmp_path / "d.csv", index_col="sampler")
    assert list(scores.index) == list(bench.digits.make_samplers(2))
    assert scores.gt(0.5).all(axis=None)
    assert scores.lt(1).all(axis=None)
    assert "SMOTE" in printed


def test__step__default_training__every_part_has_its_time(bench):
    layout, settings = RowLayout(3, (2,)), bench.step.defaults(max_iter=CHECK_EVERY)
    seconds = bench.step.split(layout, settings)
    assert set(seconds) == {*(stage for *_, stage in bench.step.STAGES), "bookkeeping"}
    assert min(seconds.values()) > 0


def test__step__count__products_of_one_hidden_layer(bench):
    layers = {"generator_layers": (), "critic_layers": (8,), "batch_size": 4}
    settings = bench.step.defaults(**layers, latent_dim=6, penalty="none", n_critic=1)
    recorder = bench.step.count(RowLayout(3, ()), settings)
    assert recorder.n_operations > sum(recorder.products.values())
    # The generator is 6 x 3: forwards, and the gradient of its weights.
    # The critic is 3 x 8, with real and generated rows together: forwards and the
    # gradient of its weights; forwards again for the generator, and back to its rows.
    assert recorder.flops == 2 * (2 * 4 * 6 * 3 + (8 + 8 + 8 + 4) * 3 * 8)


def test__load__small_cases__rows_of_the_csv(bench, monkeypatch):
    load = bench.load
    monkeypatch.setitem(
        load.SHAPES, "small", {"n_rows": 600, "n_classes": 3, "rare": 0.3}
    )
    with monkeypatch.context() as patch:
        patch.setattr(load, "GANOverSampler", partial(GANOverSampler, quick_gan()))
        [row] = load.run_case("small", seed=0)
    _, y = load.make_table(0, **load.SHAPES["small"])
    assert row["synthetic rows"] == 3 * np.bincount(y).max() - 600
    assert row["result MiB"] > row["table MiB"]
    monkeypatch.setattr(load, "N_FITS", 2)
    monkeypatch.setattr(load, "EVERY", 1)
    fits = load.run_case("fits", seed=0)
    assert [row["fits"] for row in fits] == [1, 2]
    assert set(fits[0]) | set(row) < set(load.COLUMNS)


@pytest.mark.filterwarnings("ignore:.*near copies:UserWarning")  # of four rows
def test__speed__mixed_table__timed_and_summarised(bench, run_main, tmp_path):
    speed, path = bench.speed, tmp_path / "speed.csv"
    X, y = speed.table_of(n=60, n_numbers=2, n_labels=1, n_minor=[5, 4])
    assert np.bincount(y).tolist() == [51, 5, 4]
    assert list(X.dtypes == "category") == [False, False, True]
    assert speed.time_fit(X, y, gan=quick_gan()) > 0
    rows = [
        speed.Measured(f"{k}", "seconds", 0.5 * k, n) for k in (1, 4) for n in (0, 1)
    ]
    records = [{**row._asdict(), "part": "classes", "versions": "v"} for row in rows]
    bench.records.append_records(path, records, speed.COLUMNS)
    run_main(bench.speed_summary, "--input", path, "--folder", tmp_path)
    table = pd.read_csv(tmp_path / "classes.csv", index_col="minority classes")
    assert table.loc[4].tolist() == [2.0, 4.0]
    speed.forget(path, "classes")
    assert pd.read_csv(path).empty
