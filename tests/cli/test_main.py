import os
import runpy
import subprocess
import sys

import pytest
from small_tables import FAST, read, small


def run_process(*command, **environment):
    return subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


@pytest.mark.slow
def test__module__resample__as_a_user_does(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options = ["-t", "y", "-o", "out.csv", *FAST]
    done = run_process("-m", "gansampler", "resample", small(), *options)
    assert done.returncode == 0, done.stderr
    assert "Wrote 30 original and 10 synthetic rows to out.csv." in done.stdout
    assert len(read("out.csv").frame) == 40


@pytest.mark.slow
def test__module__without_the_extra__says_what_to_install():
    program = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from gansampler.__main__ import main\nmain()"
    )
    done = run_process("-c", program)
    assert done.returncode == 1
    assert done.stderr == (
        "The command line needs pyarrow, which is not installed. Install it "
        'with `pip install "gansampler[cli]"`.\n'
    )


def test__main__calls_the_command_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["gansampler", "--version"])
    with pytest.raises(SystemExit) as exit_info:
        runpy.run_module("gansampler", run_name="__main__")
    assert exit_info.value.code == 0
    assert "gansampler 0." in capsys.readouterr().out


def test__main__without_the_extra__says_what_to_install(monkeypatch):
    # As the installed script does it.
    main = runpy.run_module("gansampler.__main__", run_name="script")["main"]
    monkeypatch.delitem(sys.modules, "gansampler.cli.commands")
    monkeypatch.setitem(sys.modules, "typer", None)
    with pytest.raises(SystemExit, match=r'pip install "gansampler\[cli\]"'):
        main()
