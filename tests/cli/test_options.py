import pytest
from small_tables import FAST, read, small


@pytest.mark.parametrize(
    "options",
    [
        ["--sep", "::"],
        ["--decimal", ";"],
        ["--seed", "-1"],
        ["--max-iter", "0"],
        ["--mark", "x"],
        ["--mark", ""],
        ["--mark", " "],
        ["--unknown"],
    ],
)
def test__resample__wrong_usage__exit_code_2(run, options):
    done = run("resample", small(), "-t", "y", "-o", "out.csv", *options)
    assert done.exit_code == 2, done.output
    assert "Usage: " in done.stderr


def test__resample__separator_by_name__read(run):
    path = small("x\ty\n" + "".join(f"{k}.5\t{k % 3 > 0}\n" for k in range(30)))
    done = run(
        "resample", path, "-t", "y", "-o", "out.csv", "--sep", r"\t", "-q", *FAST
    )
    assert done.exit_code == 0, done.output
    assert read("out.csv").frame["y"].sum() == 20


@pytest.mark.parametrize("seed", [-1, 2**32, 2**64, 1.5, "a"])
@pytest.mark.parametrize("command", ["resample", "sample", "report", "compare"])
def test__seed__none_that_there_is__told(run, command, seed):
    done = run(command, "table.csv", "--seed", seed)
    assert done.exit_code == 2
    assert "Invalid value for '--seed'" in done.stderr


@pytest.mark.parametrize(
    "arguments", [[], ["resample"], ["sample"], ["compare"], ["report"]]
)
def test__help__without_arguments__teaches(run, arguments):
    shown = run(*arguments)
    asked = run(*arguments, "--help")
    assert asked.exit_code == 0
    assert asked.stdout.strip() == shown.output.strip()
    for name in arguments:
        assert f"gansampler {name} " in asked.stdout
        assert "Examples" in asked.stdout
