"""Save a fitted sampler to a file that contains data only, and load it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import Any, TypeVar

import numpy as np
from sklearn.utils.validation import check_is_fitted

from gansampler.gan.conditioning import AnchorCondition
from gansampler.gan.torch_state import own_settings
from gansampler.generation.class_generator import ClassGenerator
from gansampler.generation.constraints import check_constraints
from gansampler.generation.smoothed_bootstrap import SmoothedBootstrap
from gansampler.persistence.json_codec import NoFormError, Reader, Writer
from gansampler.persistence.serializers import (
    FITTED_GAN,
    FORMS,
    GENERATORS,
    fitted_attributes,
)
from gansampler.persistence.value_forms import VALUES
from gansampler.tabular.encoder import RowLayout
from gansampler.utils.atomic_write import replacing
from gansampler.utils.fitted import check_resampled
from gansampler.utils.formatting import as_written
from gansampler.utils.version import __version__
from gansampler.utils.warnings import warn_user

try:
    from safetensors import SafetensorError, safe_open
    from safetensors.numpy import save
except ImportError as error:
    raise ImportError(
        "Saving and loading need safetensors, which is not installed. Install it with "
        '`pip install "gansampler[save]"`.'
    ) from error

FORMAT = "gansampler"
"""The metadata entry that marks a safetensors file as one of this package."""

FORMAT_VERSION = 6
"""Increased whenever old files become unreadable, or new files for old versions."""

FITTED = (
    "sampling_strategy_",
    "generators_",
    "history_",
    "copies_",
    "schema_",
    "categorical_features_",
    "n_features_in_",
    "feature_names_in_",
    "_container",
)
"""The attributes of a fitted sampler to save, if present."""

SAMPLERS = ("GANOverSampler", "DaskGANOverSampler")
MAX_CANDIDATES = 1_000
"""Largest `n_candidates` in a file. With more, the first rows would take minutes."""

KINDS = (*SAMPLERS, *(kind.__name__ for kind in GENERATORS))
"""The estimators that a file may contain."""

Estimator = TypeVar("Estimator")


def save_sampler(
    sampler: Any,
    path: str | os.PathLike[str],
    *,
    keep_data: bool = False,
    notes: Mapping[str, Any] | None = None,
) -> None:
    """Save a fitted sampler to a file; see :meth:`gansampler.GANOverSampler.save`.

    Parameters
    ----------
    sampler : GANOverSampler
        The fitted sampler.

    path : str or path-like
        The file.

    keep_data : bool, default=False
        Whether the file may contain training rows.

    notes : mapping of str to object, default=None
        Additional data to save, such as the name of the target.
    """
    check_resampled(sampler)
    if not keep_data:
        for label, generator in sampler.generators_.items():
            _check_data(generator.gan, f"The generator of class {as_written(label)!r}")
    there = vars(sampler)
    fitted = {name: there[name] for name in FITTED if name in there}
    if not keep_data:
        generators = sampler.generators_.items()
        fitted["generators_"] = {k: own.without_rejection() for k, own in generators}
    for generator in sampler.generators_.values():
        if generator.gan.is_private:  # the sampler's has steps and decimals of the rows
            fitted["schema_"] = generator.gan.schema_
    _save(sampler, fitted, path, notes or {})


def save_generator(
    gan: Any, path: str | os.PathLike[str], *, keep_data: bool = False
) -> None:
    """Save a fitted generator to a file; see :meth:`gansampler.TabularGAN.save`.

    Parameters
    ----------
    gan : BaseGAN
        The fitted generator.

    path : str or path-like
        The file.

    keep_data : bool, default=False
        Whether the file may contain training rows.
    """
    check_is_fitted(gan, "trained_")
    if not keep_data:
        _check_data(gan, "The generator")
    _save(gan, fitted_attributes(gan), path, {})


def _save(
    estimator: Any,
    fitted: dict[str, Any],
    path: str | os.PathLike[str],
    notes: Mapping[str, Any],
) -> None:
    writer = Writer(FORMS)
    content = {
        "format_version": FORMAT_VERSION,
        "written_by": f"gansampler {__version__}",
        "estimator": _kind_of(type(estimator)),
        "parameters": dict(_write_parameters(estimator, writer)),
        "fitted": dict(_write_fitted(fitted, writer)),
        "notes": {name: writer.write(note) for name, note in notes.items()},
        "shared": writer.shared,
    }
    content["sha256"] = _digest(content, writer.arrays)
    # A single entry, because safetensors writes several in arbitrary order.
    metadata = {FORMAT: json.dumps(content, allow_nan=False)}
    with replacing(path) as temporary:
        # Not with safetensors, whose error for a full disk is not an OSError.
        temporary.write_bytes(save(writer.arrays, metadata=metadata))


def load_estimator(path: str | os.PathLike[str], kind: type[Estimator]) -> Estimator:
    """Load a fitted sampler or generator from a file.

    Parameters
    ----------
    path : str or path-like
        The file.

    kind : type
        The expected class, or a subclass of it.

    Returns
    -------
    estimator : object of that class
        The fitted estimator.
    """
    content, arrays = _read_file(path)
    wanted, found = _kind_of(kind), content.get("estimator")
    if found in KINDS and found != wanted:
        raise ValueError(f"{path} contains a {found}. Load it with {found}.load.")
    with _naming_the_file(path), own_settings():
        reader = Reader(FORMS, arrays, os.path.getsize(path))
        reader.read_shared(content["shared"])
        parameters = content["parameters"].items()
        estimator = kind(**{name: reader.read(value) for name, value in parameters})
        # Checked like the fitted ones, because another fit would evaluate them.
        _check_constraints(estimator)
        for name, value in content["fitted"].items():
            if name in (*FITTED, *FITTED_GAN):
                setattr(estimator, name, reader.read(value))
        if wanted in SAMPLERS:
            for generator in vars(estimator)["generators_"].values():
                _try(generator)
        else:
            _try_gan(estimator)
    if wanted in SAMPLERS:
        _warn_of_unchosen(estimator, path)
    return estimator


def _warn_of_unchosen(sampler: Any, path: str | os.PathLike[str]) -> None:
    """Warn if a sampler uses rejection, but the file lacks its classifier."""
    if sampler.rejection_estimator is None or sampler.n_candidates == 1:
        return
    generators = sampler.generators_.values()
    could = [g for g in generators if not isinstance(g.gan, SmoothedBootstrap)]
    open_ones = [g for g in could if not g.gan.is_private]
    if open_ones and all(g.rejection is None for g in generators):
        warn_user(
            f"{path} was saved without keep_data, so it lacks the classifier for "
            "rejection sampling, which would reveal training rows. Rows sampled from "
            "it are not filtered. To filter them, save with keep_data=True if whoever "
            "gets the file may see training rows, or resample again."
        )


def _kind_of(kind: type) -> str:
    """Return the name of this package's class that a class is or derives from."""
    return next(base.__name__ for base in kind.__mro__ if base.__name__ in KINDS)


def load_notes(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Load the notes that were saved with a sampler.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    notes : dict
        The notes passed to :func:`save_sampler`.
    """
    content, arrays = _read_file(path)
    with _naming_the_file(path):
        reader = Reader(VALUES, arrays, os.path.getsize(path))
        return {name: reader.read(note) for name, note in content["notes"].items()}


def _try(generator: ClassGenerator) -> None:
    """Raise an error now, not when sampling, if parts do not fit together."""
    n_candidates = generator.n_candidates
    # Don't show its repr, which shared values can make longer than memory.
    if type(n_candidates) is not int or not 1 <= n_candidates <= MAX_CANDIDATES:
        raise ValueError(f"n_candidates must be a number from 1 to {MAX_CANDIDATES}")
    needed = generator._candidates_per_row
    if needed is not None and not 1 <= float(needed) <= n_candidates:
        raise ValueError("the number of candidates per row exceeds n_candidates")
    _try_gan(generator.gan)
    # Sample without constraints, which may need many rows, and check them separately.
    free = copy(generator)
    free.constraints = check_constraints(None)
    rows = free.sample_frame(20, random_state=0)
    generator.constraints.satisfied(rows)
    generator._container.restore(rows)


def _try_gan(gan: Any) -> None:
    """Raise an error if the parts of a generator do not fit together."""
    encoder = gan.encoder_
    codecs = vars(encoder).get("codecs_")
    if codecs is not None:
        if encoder.layout_ != RowLayout.of(codecs):
            raise ValueError("the columns do not match the layout")
        for codec in codecs:
            _try_codec(codec)
    rows = gan.draw_frame(1, seed=0)
    if isinstance(gan, GENERATORS):
        gan._container.restore(rows)


def _try_codec(codec: Any) -> None:
    """Raise an error if a column can't be decoded from each of its states."""
    values = getattr(codec, "values", getattr(codec, "special", ()))
    n_states = codec.n_states
    if type(n_states) is not int or not 0 <= n_states <= len(values) + 1:
        raise ValueError("a column has a wrong number of states")
    states = np.arange(n_states) if n_states else None
    n_rows, rng = max(n_states, 1), np.random.default_rng(0)
    codec.decode(np.zeros(n_rows, np.float32), states, n_rows, rng)


def _check_data(gan: Any, which: str) -> None:
    """Raise a ValueError with a fix if a generator needs training rows."""
    if isinstance(gan, SmoothedBootstrap):
        reason = "its smoothed bootstrap repeats training rows"
        way_out = "leave the class out of `sampling_strategy`"
    elif isinstance(
        getattr(vars(gan).get("trained_"), "condition", None), AnchorCondition
    ):
        reason = "condition='anchor' generates rows near training rows"
        way_out = "train with condition='none' or 'category', which keep no rows"
    else:
        return
    raise ValueError(
        f"{which} can't be saved without `keep_data`: {reason}, so the file would "
        "have to contain them. Set `keep_data=True` if whoever gets the file may see "
        f"them, or {way_out}."
    )


def _write_parameters(estimator: Any, writer: Writer) -> Iterator[tuple[str, Any]]:
    for name, value in estimator.get_params(deep=False).items():
        try:
            if name == "constraints":
                _check_constraints(estimator)
            yield name, writer.write(value)
        except NoFormError as error:
            raise TypeError(
                f"The parameter {name} can't be saved: {error}. Set it to a plain "
                "value, or pickle the estimator if whoever loads it can trust you."
            ) from error


def _check_constraints(estimator: Any) -> None:
    """Raise a NoFormError if evaluating the constraints could execute code."""
    Writer(FORMS).write(check_constraints(getattr(estimator, "constraints", None)))


def _write_fitted(fitted: dict[str, Any], writer: Writer) -> Iterator[tuple[str, Any]]:
    for name, value in fitted.items():
        try:
            yield name, writer.write(value)
        except NoFormError as error:
            raise TypeError(f"`{name}` can't be saved: {error}.") from error


def _digest(content: dict[str, Any], arrays: dict[str, np.ndarray]) -> str:
    """Return a checksum of everything in the file."""
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode())
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _read_file(
    path: str | os.PathLike[str],
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the JSON and the arrays of a file, or raise an error."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise ValueError(f"{path} can't be read: it is not a regular file.")
    with open(path, "rb"):
        pass  # raises Python's own errors if the file is missing or unreadable
    try:
        with safe_open(path, framework="numpy") as file:
            text = (file.metadata() or {}).get(FORMAT)
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise ValueError(
            f"{path} can't be read: it is truncated, or `save` did not write it "
            f"({error})."
        ) from error
    if text is None:
        raise ValueError(
            f"{path} is a safetensors file, but not one that `save` wrote."
        )
    with _naming_the_file(path):
        content = json.loads(text)
        version, writer = content["format_version"], content["written_by"]
        is_newer, is_older = version > FORMAT_VERSION, version < FORMAT_VERSION
        is_whole = content.pop("sha256") == _digest(content, arrays)
    if is_newer or is_older:
        raise ValueError(
            f"{path} has format {version} of {writer}, but this is gansampler "
            f"{__version__}, which reads format {FORMAT_VERSION}. Install "
            + (
                "a newer version."
                if is_newer
                else "that version, or fit and save again."
            )
        )
    if not is_whole:
        raise ValueError(
            f"{path} is damaged: its content does not match its checksum. Save the "
            "sampler again, or get another copy of the file."
        )
    return content, arrays


@contextmanager
def _naming_the_file(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn any error within the context into a ValueError that names the file."""
    try:
        yield
    except ImportError:
        raise  # a package that its columns need is not installed
    except Exception as error:
        raise ValueError(
            f"{path} can't be read: it does not contain a sampler that this version "
            f"can load ({type(error).__name__}: {error})."
        ) from error
