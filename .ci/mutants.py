"""Break a module in one place after another, and count how often its tests notice.

    python .ci/mutants.py [MODULE ...]   break these modules, or all, and report
    python .ci/mutants.py --report       only write tests/mutants.md again

mutmut makes the mutants: a comparison turned round, a number one higher, an argument
left out. All of a module stand in one file, and a variable of the environment says
which of them is called. The tests are imported and collected once; each mutant is a
fork of that process, in which the tests that reach its function run, fastest first,
until one fails.

What was found stays in `.mutants/`: a further run looks only at mutants of functions
that were changed, and again at those that survived. `tests/mutants.toml` says of each
survivor why it may live. One that is not in it, or too few killed ones, is an error.

BUDGET=3 before the command gives each mutant three seconds of tests at most. A survivor
may then be one that a longer test would notice.
"""

import argparse
import ast
import difflib
import gc
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import tomllib

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / ".mutants"

LEAST_KILLED = 0.85

NUMBERS = ["schema", "grids", "encoding"]
TESTS = {
    "schema": [*NUMBERS, "counting"],
    "grids": NUMBERS,
    "encoding": NUMBERS,
    "objectives": ["objectives"],
    "oversampler": ["oversampler", "family", "private_sampler", "callbacks"],
}
"""Those that look at what a module does. The others would hardly kill more, and each
survivor has to outlive all of them."""

LONG = 1.0
"""Seconds of a test that is left out; most of these start another process."""

ALIVE = ("survived", "not reached")

ENVIRONMENT = {
    **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS")},
    "HYPOTHESIS_PROFILE": "mutants",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}


def main() -> int:
    """Run and report; see the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--in-this-process", action="store_true", help="(internal)")
    options = parser.parse_args()
    modules = options.modules or list(TESTS)
    if options.in_this_process:
        return test_mutants(modules[0])
    if not options.report:
        for module in modules:
            # A process of its own, in which nobody has imported the package yet.
            command = [sys.executable, __file__, "--in-this-process", module]
            subprocess.run(command, env=os.environ | ENVIRONMENT, check=True)
    return report()


# The mutants


def make_mutants(module: str) -> dict[str, dict]:
    """Write the package with all mutants of a module, and describe each of them."""
    from mutmut.mutation.file_mutation import mutate_file_contents

    source = (ROOT / "gansampler" / f"{module}.py").read_text()
    mutated = mutate_file_contents(f"gansampler/{module}.py", source).code
    package = WORK / module / "gansampler"
    shutil.rmtree(package, ignore_errors=True)
    shutil.copytree(ROOT / "gansampler", package)
    (package / f"{module}.py").write_text(mutated)
    return describe(mutated, module)


def describe(code: str, module: str) -> dict[str, dict]:
    """Return the function and the change of each mutant, by its name."""
    sources = {}
    lines = code.split("\n")
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef) and "__mutmut_" in node.name:
            function, _, number = node.name.partition("__mutmut_")
            text = [line.strip() for line in lines[node.lineno - 1 : node.end_lineno]]
            text[0] = re.sub(r"^def \S+?\(", "def (", text[0])
            sources.setdefault(function, {})[number] = text
    found = {}
    for function, versions in sources.items():
        original = versions.pop("orig")
        for number, mutated in versions.items():
            differs = difflib.unified_diff(original, mutated, lineterm="", n=0)
            change = [
                d for d in differs if d[:3] not in ("---", "+++") and d[0] in "+-"
            ]
            found[f"gansampler.{module}.{function}__mutmut_{number}"] = {
                "function": re.sub(r"^x_?", "", function).strip("ǁ").replace("ǁ", "."),
                "change": change,
                "original": "\n".join(original),
            }
    return found


# The tests


def test_mutants(module: str) -> int:
    """Try each mutant of a module that was not killed yet; keep what was found."""
    import pytest

    os.chdir(ROOT)
    mutants = make_mutants(module)
    os.chdir(WORK / module)
    sys.path.insert(0, str(WORK / module))
    plugin = Hunt(module, mutants)
    files = [str(ROOT / "tests" / f"test_{name}.py") for name in TESTS[module]]
    options = ["--rootdir", str(ROOT), "-o", "addopts=", "-p", "no:cacheprovider"]
    # That a test fails is all that is asked: how it does takes longer than the test.
    options += ["-q", "--tb=no", "--assert=plain", "-m", "not slow"]
    return int(pytest.main([*options, *files], [plugin]))


class Hunt:
    """A plugin of pytest that runs the tests again for each mutant.

    Parameters
    ----------
    module : str
        The mutated module.

    mutants : dict
        Each mutant's function and change, by its name.
    """

    def __init__(self, module: str, mutants: dict[str, dict]) -> None:
        self.path = WORK / f"{module}.json"
        self.mutants = mutants
        self.failed = False

    def pytest_runtest_logreport(self, report) -> None:
        """Note that a test failed."""
        self.failed = self.failed or report.failed

    def pytest_runtestloop(self, session) -> bool:
        """Run the tests as they are, then on each mutant."""
        import gansampler

        assert str(WORK) in gansampler.__file__, gansampler.__file__
        items = {item.nodeid: item for item in session.items}
        reached = self.in_a_fork(lambda: self.watch(items), 900)[1]
        assert "failed" not in reached, f"{reached} without any mutant"
        known = json.loads(self.path.read_text()) if self.path.exists() else {}
        gc.collect()
        gc.freeze()  # so that forks share what they do not change
        done = 0
        for name, mutant in self.mutants.items():
            old = known.get(name, {"end": ALIVE[0]})
            if old["end"] not in ALIVE and old["original"] == mutant["original"]:
                mutant["end"] = old["end"]
                continue
            tests = reached.get(re.sub(r"__mutmut_\d+$", "", name), {})
            chosen = [items[test] for test in within_budget(tests)]
            mutant["end"] = self.try_mutant(name, chosen, sum(tests.values()))
            done += 1
            ends = Counter(m.get("end", "to do") for m in self.mutants.values())
            print(f"\r{self.path.stem}: {dict(ends)}", end=" ", flush=True)
            if done % 20 == 0:
                self.save(known)
        self.save({})
        print()
        return True

    def save(self, known: dict) -> None:
        """Write what was found, with what is known of the rest."""
        ended = {name: m for name, m in self.mutants.items() if "end" in m}
        self.path.write_text(json.dumps(known | ended, indent=1))

    def watch(self, items: dict) -> dict[str, dict[str, float]]:
        """Run all tests and give, for each function, the tests that reach it."""
        from mutmut.mutation import trampoline
        from mutmut.state import state

        # Not in the environment: what a test starts can't note anything here.
        trampoline._mutant_under_test = "stats"
        reached = defaultdict(dict)
        for name, item in items.items():
            state()._stats.clear()
            start = time.process_time()
            self.run([item])
            seconds = time.process_time() - start
            if self.failed:
                return {"failed": name}
            for function in state()._stats:
                if seconds < LONG:
                    reached[function][name] = seconds
        return reached

    def try_mutant(self, name: str, tests: list, seconds: float) -> str:
        """Say whether a test notices a mutant."""
        from mutmut.mutation.trampoline import set_mutant_under_test

        def run() -> bool:
            set_mutant_under_test(name)
            return self.run(tests)

        if not tests:
            return "not reached"
        limit = int(3 * seconds) + 20
        code, noticed = self.in_a_fork(run, limit)
        if code:
            return (
                "never ended" if code in (signal.SIGXCPU, signal.SIGALRM) else "crashed"
            )
        return "killed" if noticed else "survived"

    def run(self, items: list) -> bool:
        """Run tests one after another until one fails; tell whether one did."""
        for item, after in zip(items, [*items[1:], None], strict=True):
            item.ihook.pytest_runtest_protocol(item=item, nextitem=after)
            if self.failed:
                break
        return self.failed

    def in_a_fork(self, task, limit: int) -> tuple[int, object]:
        """Run a task in a fork of this process; give its signal and what it gave."""
        reader, writer = os.pipe()
        process = os.fork()
        if not process:
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
            signal.alarm(20 * limit)  # where it waits instead of computing
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            with open(writer, "w") as pipe:
                json.dump(task(), pipe)
            os._exit(0)
        os.close(writer)
        with open(reader) as pipe:
            written = pipe.read()
        _, status = os.waitpid(process, 0)
        killed_by = os.waitstatus_to_exitcode(status)
        return -killed_by, json.loads(written) if written else None


def within_budget(seconds: dict[str, float]) -> list[str]:
    """Return the tests, the fastest first, as far as BUDGET goes."""
    left = float(os.environ.get("BUDGET", "inf"))
    chosen = []
    for test in sorted(seconds, key=seconds.get):
        left -= seconds[test]
        if left < 0 and chosen:
            break
        chosen.append(test)
    return chosen


# The report


def report() -> int:
    """Write tests/mutants.md; give 1 where too little was noticed or explained."""
    read = tomllib.loads((ROOT / "tests" / "mutants.toml").read_text())
    why = explanations(read["survivors"])
    table, pages, faults = [], [], []
    for module in TESTS:
        path = WORK / f"{module}.json"
        if not path.exists():
            faults.append(f"{module} was not run")
            continue
        mutants = json.loads(path.read_text()).values()
        alive = [m for m in mutants if m["end"] in ALIVE]
        rate = 1 - len(alive) / len(mutants)
        counts = [len(mutants), len(mutants) - len(alive), len(alive), f"{rate:.1%}"]
        table.append(f"| `{module}.py` | {' | '.join(map(str, counts))} |")
        if rate < LEAST_KILLED:
            faults.append(f"of {module}, {rate:.1%} of the mutants were noticed")
        page = [f"\n## `{module}.py`\n"]
        for mutant in alive:
            place = f"{module}.{mutant['function']}", key_of(mutant)
            if place not in why:
                faults.append("no explanation of " + ": ".join(place))
            page.append(written(mutant, why.get(place, "Not explained.")))
        pages += page if alive else []
    head = HEAD.format(table="\n".join(table), note=read["note"])
    (ROOT / "tests" / "mutants.md").write_text(head + "\n".join(pages) + "\n")
    print("\n".join([*table, *faults]))
    return bool(faults)


def explanations(groups: list[dict]) -> dict[tuple[str, str], str]:
    """Return why survivors may live, by function and by the line that was changed."""
    return {
        (group["function"], line): group["why"]
        for group in groups
        for line in group["lines"]
    }


def key_of(mutant: dict) -> str:
    """Return the changed lines as one."""
    mutated = [line[1:] for line in mutant["change"] if line[0] == "+"]
    return " ".join(mutated) or f"without {mutant['change'][0][1:]}"


def written(mutant: dict, why: str) -> str:
    """Write a survivor as an item of a list."""
    change = "\n".join(f"  {line}" for line in mutant["change"])
    return f"- `{mutant['function']}`: {why}\n\n  ```diff\n{change}\n  ```\n"


HEAD = """\
<!-- written by .ci/mutants.py; the explanations are in tests/mutants.toml -->

# Mutants

Each module is broken in one place after another (`nox -s mutants`), and its tests are
run: a test that fails notices the mutant. What is not mutated: whatever runs at import
(constants, defaults of dataclasses, `_parameter_constraints`, registries), docstrings,
annotations, f-strings, and functions with a decorator, properties among them.

| module | mutants | noticed | survived | rate |
|---|---|---|---|---|
{table}

{note}

What survived, and why it may:
"""


if __name__ == "__main__":
    sys.exit(main())
