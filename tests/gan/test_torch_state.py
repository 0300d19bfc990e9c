import threading

import pytest
import torch
from tables import global_states

from gansampler.gan.torch_state import own_random_state, own_settings


def test__own_settings__nested_and_after_an_error__number_restored(two_threads):
    with own_settings():
        with own_settings():
            assert torch.get_num_threads() == 1
        with pytest.raises(RuntimeError, match="inside"), own_settings():
            raise RuntimeError("inside")
    assert torch.get_num_threads() == 2


def test__own_settings__from_several_threads__number_restored(two_threads):
    started, let_go = threading.Barrier(5), threading.Event()
    errors = []

    def work(hold):
        try:
            with own_settings():
                started.wait(timeout=10)
                if hold:
                    let_go.wait(timeout=10)
        except Exception as error:
            errors.append(error)

    workers = [threading.Thread(target=work, args=(k == 0,)) for k in range(4)]
    for worker in workers:
        worker.start()
    started.wait(timeout=10)
    for worker in workers[1:]:
        worker.join(timeout=10)
    let_go.set()
    workers[0].join(timeout=10)
    assert errors == []
    assert torch.get_num_threads() == 2
    with own_settings():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2


def test__own_random_state__draws__follow_the_seed_whatever_was_before():
    drawn = []
    for seed in (0, 0, 1):
        torch.rand(1)
        with own_random_state(seed):
            drawn.append(torch.rand(3))
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


def draw_and_fail():
    with own_random_state(0):
        torch.rand(3)
        raise RuntimeError("inside")


def test__own_random_state__left__state_as_before():
    states = global_states()
    with own_random_state(0):
        torch.rand(3)
    assert global_states() == states
    with pytest.raises(RuntimeError, match="inside"):
        draw_and_fail()
    assert global_states() == states


def test__own_random_state__nested__outer_goes_on_where_it_was():
    with own_random_state(0):
        expected = torch.rand(6)
    with own_random_state(0):
        first = torch.rand(3)
        with own_random_state(1):
            torch.rand(3)
        assert torch.equal(torch.cat([first, torch.rand(3)]), expected)


def test__own_random_state__another_thread_at_its_door__both_draw_as_alone():
    alone = []
    for seed in (0, 1):
        with own_random_state(seed):
            alone.append(torch.rand(6))
    inside, done = threading.Event(), threading.Event()
    states, others = global_states(), []

    def work():
        with own_random_state(1):
            inside.set()
            done.wait(timeout=10)
            others.append(torch.rand(6))

    other = threading.Thread(target=work)
    with own_random_state(0):
        first = torch.rand(3)
        other.start()
        # It gets in only if nothing holds it back.
        inside.wait(timeout=0.3)
        mine = torch.cat([first, torch.rand(3)])
    done.set()
    other.join(timeout=10)
    assert torch.equal(mine, alone[0])
    assert torch.equal(others[0], alone[1])
    assert global_states() == states


def test__own_settings__thread_that_has_not_computed_yet__still_one_when_others_leave(
    two_threads,
):
    entered, left, seen = threading.Event(), threading.Event(), []

    def work():
        with own_settings():
            entered.set()
            left.wait(timeout=10)
            # The first that torch is asked in this thread but by `own_settings`.
            seen.append(torch.get_num_threads())

    other = threading.Thread(target=work)
    with own_settings():
        other.start()
        entered.wait(timeout=10)
    left.set()
    other.join(timeout=10)
    assert seen == [1]
    assert torch.get_num_threads() == 2


def test__own_settings__number_set_anew_afterwards__restored_next_time(two_threads):
    with own_settings():
        pass
    torch.set_num_threads(1)
    with own_settings():
        pass
    assert torch.get_num_threads() == 1


def test__own_settings__interrupted_at_its_door__number_as_it_was(
    two_threads, monkeypatch
):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "get_num_threads", interrupt)
    with pytest.raises(KeyboardInterrupt):
        own_settings().__enter__()
    monkeypatch.undo()
    assert torch.get_num_threads() == 2
    with own_settings():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2
