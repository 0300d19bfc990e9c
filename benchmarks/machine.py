"""What a result depends on beside the code: versions, threads and memory."""

from __future__ import annotations

import platform
import resource
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
PACKAGES = {
    "gansampler": "gansampler",
    "torch": "torch",
    "scikit-learn": "sklearn",
    "imbalanced-learn": "imblearn",
    "numpy": "numpy",
    "pandas": "pandas",
    "lightgbm": "lightgbm",
    "smote-variants": "smote-variants",
    "dsto-gan": "dsto-gan",
    "ctgan": "ctgan",
    "arfpy": "arfpy",
    "mostlyai-engine": "mostlyai-engine",
}
"""Distributions, and what they are called in results."""


def versions() -> str:
    """List the versions of Python and of the packages that are installed."""
    found = [f"python {platform.python_version()}"]
    for distribution, name in PACKAGES.items():
        with suppress(PackageNotFoundError):
            found.append(f"{name} {version(distribution)}")
    return "; ".join(found)


def peak_bytes() -> int:
    """Return the most memory that this process has ever held."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
