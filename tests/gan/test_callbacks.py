"""Who is told of a training, and who may stop it."""

import importlib.util
import json
import sys
import threading

import numpy as np
import pytest
from imblearn.pipeline import make_pipeline
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.tree import DecisionTreeClassifier
from tables import assert_legal, assert_same, quick, quick_gan

from gansampler.gan import callbacks
from gansampler.gan.training import CHECK_EVERY

HISTORY = ["iteration", "critic_loss", "generator_loss", "fidelity"]


def three_classes():
    return make_classification(
        120, n_classes=3, n_informative=5, weights=[0.6, 0.3], random_state=0
    )


def normal():
    return np.random.default_rng(0).normal(size=(60, 3))


def broken(look):
    raise KeyError("mine")


class Recorder:
    """A callback of scikit-learn that notes what it is told, and may stop."""

    def __init__(self, stop_at=None):
        self.stop_at = stop_at
        self.events = []

    def setup(self, estimator, context):
        self.events.append(("setup", context.task_name))

    def on_fit_task_begin(self, estimator, context):
        self.events.append(("begin", context.task_name))

    def on_fit_task_end(self, estimator, context):
        self.events.append(("end", context.task_name))
        return context.task_name == self.stop_at

    def teardown(self, estimator, context):
        self.events.append(("teardown", context.task_name))


class WriteLines:
    """Writes what it is told to a file, from whichever process."""

    def __init__(self, path):
        self.path = path

    def __call__(self, look):
        with self.path.open("a") as file:
            file.write(json.dumps(look) + "\n")


class Locked:
    """Holds what no other process can have."""

    def __init__(self):
        self.lock = threading.Lock()

    def __call__(self, look):
        pass


def test__callback__list__gets_the_history_of_each_class():
    X, y = three_classes()
    looks = []
    sampler = quick(max_iter=2 * CHECK_EVERY + 5, callback=looks.append)
    resampled = sampler.fit_resample(X, y)
    assert len(looks) == 2 * 3
    for label, history in sampler.history_.items():
        own = [look for look in looks if look["label"] == label]
        for name in HISTORY:
            assert [look[name] for look in own] == getattr(history, name)
        assert own[-1]["best_iteration"] == history.best_iteration
    assert all(type(value) in (int, float) for look in looks for value in look.values())
    silent = quick(max_iter=2 * CHECK_EVERY + 5).fit_resample(X, y)
    assert_same(resampled[0], silent[0])


def test__callback__returns_true__class_stops_and_its_best_generator_is_kept():
    X, y = three_classes()
    sampler = quick(max_iter=5 * CHECK_EVERY, callback=lambda look: look["label"] == 1)
    X_res, y_res = sampler.fit_resample(X, y)
    stopped, whole = sampler.history_[1], sampler.history_[2]
    assert stopped.n_iter == stopped.best_iteration == CHECK_EVERY
    assert not stopped.diverged
    assert whole.n_iter == 5 * CHECK_EVERY
    assert np.isfinite(X_res).all()
    assert len(np.unique(np.bincount(y_res))) == 1


def test__callback__error_inside__reaches_the_user():
    with pytest.raises(KeyError, match="mine"):
        quick(callback=broken).fit_resample(*three_classes())


@pytest.mark.processes
def test__callback__other_processes__called_there(tmp_path):
    path = tmp_path / "looks.jsonl"
    X, y = three_classes()
    sampler = quick(callback=WriteLines(path), n_jobs=2)
    sampler.fit_resample(X, y)
    looks = [json.loads(line) for line in path.read_text().splitlines()]
    assert sorted(look["label"] for look in looks) == [1, 2]
    for look in looks:
        assert look["fidelity"] == sampler.history_[look["label"]].fidelity[0]


def test__callback__not_to_be_sent_to_other_processes__error_says_so():
    with pytest.raises(TypeError, match="processes of n_jobs=2") as caught:
        quick(callback=Locked(), n_jobs=2).fit_resample(*three_classes())
    assert str(caught.value) == (
        "Your callback, generator or critic can't be pickled, so it can't be sent to "
        "the processes of n_jobs=2. Leave n_jobs at None, or use objects that can be "
        "pickled."
    )
    quick(callback=Locked()).fit_resample(*three_classes())


def test__callback__no_callable__error():
    with pytest.raises(ValueError, match="'callback' parameter"):
        quick(callback="print").fit_resample(*three_classes())


def test__callback__object_of_the_user_s__called_itself_not_a_copy():
    class Counter:
        n_looks = 0

        def count(self, look):
            self.n_looks += 1

    counter = Counter()
    sampler = quick(callback=counter.count)
    sampler.fit_resample(*three_classes())
    assert counter.n_looks == 2
    clone(sampler).fit_resample(*three_classes())
    assert counter.n_looks == 4


def test__scikit_learn_callbacks__one_process__told_of_classes_and_looks():
    pytest.importorskip("sklearn.callback", reason="new in scikit-learn 1.9")
    recorder = Recorder()
    sampler = quick(max_iter=CHECK_EVERY + 1).set_callbacks(recorder)
    sampler.fit_resample(*three_classes())
    look = [("begin", "look"), ("end", "look")]
    assert recorder.events == [
        ("setup", "fit"),
        ("begin", "fit"),
        # They are trained together.
        *[("begin", "class 1"), ("begin", "class 2")],
        *(4 * look),
        *[("end", "class 1"), ("end", "class 2")],
        ("end", "fit"),
        ("teardown", "fit"),
    ]


@pytest.mark.processes
def test__scikit_learn_callbacks__other_processes__told_of_classes():
    pytest.importorskip("sklearn.callback", reason="new in scikit-learn 1.9")
    recorder = Recorder()
    X, y = three_classes()
    alone = quick().fit_resample(X, y)
    together = quick(n_jobs=2).set_callbacks(recorder).fit_resample(X, y)
    assert_same(alone[0], together[0])
    assert ("begin", "look") not in recorder.events
    ended = [name for event, name in recorder.events if event == "end"]
    assert ended == ["class 1", "class 2", "fit"]


def test__scikit_learn_callbacks__one_that_says_stop__stops_each_class():
    pytest.importorskip("sklearn.callback", reason="new in scikit-learn 1.9")
    looks = []
    sampler = quick(max_iter=5 * CHECK_EVERY, callback=looks.append)
    sampler.set_callbacks(Recorder(stop_at="look"))
    sampler.fit_resample(*three_classes())
    assert [history.n_iter for history in sampler.history_.values()] == [
        CHECK_EVERY
    ] * 2
    assert len(looks) == 2


def test__scikit_learn_callbacks__training_fails__torn_down():
    pytest.importorskip("sklearn.callback", reason="new in scikit-learn 1.9")
    recorder = Recorder()

    sampler = quick(callback=broken).set_callbacks(recorder)
    with pytest.raises(KeyError):
        sampler.fit_resample(*three_classes())
    assert recorder.events[-1] == ("teardown", "fit")


def test__scikit_learn_callbacks__clone_in_a_pipeline__kept():
    pytest.importorskip("sklearn.callback", reason="new in scikit-learn 1.9")
    recorder = Recorder()
    pipeline = make_pipeline(quick().set_callbacks(recorder), DecisionTreeClassifier())
    clone(pipeline).fit(*three_classes())
    assert recorder.events.count(("end", "look")) == 2


def test__progress_bar_of_scikit_learn__names_the_classes(capsys):
    pytest.importorskip("rich")
    module = pytest.importorskip("sklearn.callback", reason="new in scikit-learn 1.9")
    quick().set_callbacks(module.ProgressBar()).fit_resample(*three_classes())
    shown = capsys.readouterr().out
    assert "class 1" in shown
    assert "class 2" in shown
    assert "100%" in shown


def test__older_scikit_learn__no_callbacks_to_set_and_nothing_in_the_way(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.callback", None)
    spec = importlib.util.spec_from_file_location("older", callbacks.__file__)
    older = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "older", older)
    spec.loader.exec_module(older)

    class Sampler(older.CallbackSupportMixin):
        callback = None

        @older.with_callbacks
        def fit_resample(self, history):
            task = self._init_callback_context(max_subtasks=1)
            tasks = older.ClassTasks(self, task, n_looks=1, in_process=True)
            stop = tasks.begin("a")(history)
            tasks.end("a")
            tasks.end_all()
            return stop

    assert not hasattr(Sampler, "set_callbacks")
    assert Sampler().fit_resample(object()) is False


def test__gan_alone__callback__told_of_each_look_and_rows_as_without():
    looks = []
    params = {"max_iter": 2 * CHECK_EVERY, "random_state": 0}
    gan = quick_gan(**params, callback=looks.append).fit(normal())
    assert [look["iteration"] for look in looks] == gan.history_.iteration
    assert [look["fidelity"] for look in looks] == gan.history_.fidelity
    assert {look["label"] for look in looks} == {None}
    silent = quick_gan(**params).fit(normal())
    assert_same(silent.sample(9, random_state=0), gan.sample(9, random_state=0))


def test__gan_alone__callback_returns_true__training_stops():
    gan = quick_gan(max_iter=9 * CHECK_EVERY, callback=lambda look: True)
    gan.fit(normal())
    assert gan.history_.n_iter == CHECK_EVERY
    assert_legal(gan.sample(20), normal())


def test__gan_alone__scikit_learn_callbacks__told_of_each_look():
    pytest.importorskip("sklearn.callback", reason="new in scikit-learn 1.9")
    recorder = Recorder()
    gan = quick_gan(max_iter=CHECK_EVERY + 1).set_callbacks(recorder)
    clone(gan).fit(normal())
    look = [("begin", "look"), ("end", "look")]
    assert recorder.events == [
        ("setup", "fit"),
        ("begin", "fit"),
        *look,
        *look,
        ("end", "fit"),
        ("teardown", "fit"),
    ]


def test__gan_alone__scikit_learn_callback_that_says_stop__training_stops():
    pytest.importorskip("sklearn.callback", reason="new in scikit-learn 1.9")
    gan = quick_gan(max_iter=9 * CHECK_EVERY).set_callbacks(Recorder(stop_at="look"))
    assert gan.fit(normal()).history_.n_iter == CHECK_EVERY


def test__gan_alone__training_fails__scikit_learn_callbacks_torn_down():
    pytest.importorskip("sklearn.callback", reason="new in scikit-learn 1.9")
    recorder = Recorder()
    gan = quick_gan(callback=broken).set_callbacks(recorder)
    with pytest.raises(KeyError, match="mine"):
        gan.fit(normal())
    assert recorder.events[-1] == ("teardown", "fit")
