"""Check that archives of the package hold what git holds of it, and nothing else.

python .ci/archives.py ARCHIVE ...
"""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

METADATA = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}

SDIST = [
    *("gansampler", "tests", "examples", "docs", ".ci", ".gitignore"),
    *(
        ":(glob)*.md",
        ":(glob)benchmarks/*.py",
        "LICENSE",
        "Makefile",
        "constraints.txt",
        "noxfile.py",
    ),
    "pyproject.toml",
]
"""What building and testing need; the results of the benchmarks are no part of it."""


def main() -> int:
    """Check each archive that is named; any difference is an error."""
    faults = [
        f"{path}: {fault}" for path in sys.argv[1:] for fault in differences(Path(path))
    ]
    print("\n".join(faults) or f"{len(sys.argv) - 1} archives hold what they should")
    return bool(faults)


def differences(path: Path) -> list[str]:
    """Name the files that an archive should not have, and those that it lacks."""
    if path.suffix == ".whl":
        found = set(zipfile.ZipFile(path).namelist())
        info = {name.split("/")[0] for name in found if ".dist-info/" in name}.pop()
        expected = in_git("gansampler") | {f"{info}/{name}" for name in METADATA}
    else:
        with tarfile.open(path) as archive:
            found = {name.partition("/")[2] for name in archive.getnames()}
        expected = in_git(*SDIST) | {"PKG-INFO"}
    return [
        *(f"has {name}" for name in sorted(found - expected)),
        *(f"lacks {name}" for name in sorted(expected - found)),
    ]


def in_git(*paths: str) -> set[str]:
    """List the files of the work tree that git knows, below some paths."""
    command = ["git", "ls-files", "-z", "--", *paths]
    listed = subprocess.check_output(command, cwd=ROOT, text=True).split("\0")
    return {name for name in listed if name and (ROOT / name).exists()}


if __name__ == "__main__":
    sys.exit(main())
