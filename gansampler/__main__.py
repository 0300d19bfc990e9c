"""The command ``gansampler``, also as ``python -m gansampler``."""

import sys


def main() -> None:
    """Run the command line, or say which package it needs."""
    try:
        from gansampler.cli.commands import app
    except ModuleNotFoundError as error:
        sys.exit(
            f"The command line needs {error.name}, which is not installed. "
            'Install it with `pip install "gansampler[cli]"`.'
        )
    app(prog_name="gansampler")


if __name__ == "__main__":
    main()
