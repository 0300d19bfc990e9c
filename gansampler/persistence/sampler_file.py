"""A fitted sampler as a file from which nothing is executed."""

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
        "Saving and loading need safetensors, which is not installed here; install it "
        'with `pip install "gansampler[save]"`.'
    ) from error

FORMAT = "gansampler"
"""The entry of a safetensors file's metadata that marks it as ours."""

FORMAT_VERSION = 6
"""Raised whenever a file of before could no longer be read, or not by what was then."""

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
"""The attributes of a fitted sampler that are kept, those that there are."""

SAMPLERS = ("GANOverSampler", "DaskGANOverSampler")
MAX_CANDIDATES = 1_000
"""Rows generated for each row kept, in a file: with more, the first rows would take
minutes."""

KINDS = (*SAMPLERS, *(kind.__name__ for kind in GENERATORS))
"""What may be in a file."""

Estimator = TypeVar("Estimator")


def save_sampler(
    sampler: Any,
    path: str | os.PathLike[str],
    *,
    keep_data: bool = False,
    notes: Mapping[str, Any] | None = None,
) -> None:
    """Write a fitted sampler to a file; see :meth:`gansampler.GANOverSampler.save`.

    Parameters
    ----------
    sampler : GANOverSampler
        The fitted sampler.

    path : str or path-like
        The file.

    keep_data : bool, default=False
        Whether the file may hold training rows.

    notes : mapping of str to object, default=None
        What else to keep, such as the name of the target.
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
        if generator.gan.is_private:  # steps and decimals were read off the rows
            fitted["schema_"] = generator.gan.schema_
    _save(sampler, fitted, path, notes or {})


def save_generator(
    gan: Any, path: str | os.PathLike[str], *, keep_data: bool = False
) -> None:
    """Write a fitted generator to a file; see :meth:`gansampler.TabularGAN.save`.

    Parameters
    ----------
    gan : BaseGAN
        The fitted generator.

    path : str or path-like
        The file.

    keep_data : bool, default=False
        Whether the file may hold training rows.
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
    # One entry, because safetensors writes several in any order.
    metadata = {FORMAT: json.dumps(content, allow_nan=False)}
    with replacing(path) as temporary:
        # Not by safetensors, whose error of a full disk is no OSError.
        temporary.write_bytes(save(writer.arrays, metadata=metadata))


def load_estimator(path: str | os.PathLike[str], kind: type[Estimator]) -> Estimator:
    """Read a fitted sampler or generator from a file.

    Parameters
    ----------
    path : str or path-like
        The file.

    kind : type
        The class that should be in it, or a subclass.

    Returns
    -------
    estimator : object of that class
        The fitted estimator.
    """
    content, arrays = _read_file(path)
    wanted, found = _kind_of(kind), content.get("estimator")
    if found in KINDS and found != wanted:
        raise ValueError(f"{path} holds a {found}; read it with {found}.load.")
    with _naming_the_file(path), own_settings():
        reader = Reader(FORMS, arrays, os.path.getsize(path))
        reader.read_shared(content["shared"])
        parameters = content["parameters"].items()
        estimator = kind(**{name: reader.read(value) for name, value in parameters})
        # As the fitted ones, lest a second fit runs what the file says.
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
    """Warn where a sampler would choose among candidates, and the file can't."""
    if sampler.rejection_estimator is None or sampler.n_candidates == 1:
        return
    generators = sampler.generators_.values()
    could = [g for g in generators if not isinstance(g.gan, SmoothedBootstrap)]
    open_ones = [g for g in could if not g.gan.is_private]
    if open_ones and all(g.rejection is None for g in generators):
        warn_user(
            f"{path} was saved without keep_data, so it does not hold the classifier "
            "that chooses among the generated rows, of which training rows could be "
            "read. Rows sampled from it are not chosen. To have them chosen, save with "
            "keep_data=True, where whoever gets the file may see training rows, or "
            "resample again."
        )


def _kind_of(kind: type) -> str:
    """Name the class of this package that a class is, or derives from."""
    return next(base.__name__ for base in kind.__mro__ if base.__name__ in KINDS)


def load_notes(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read what was kept beside a sampler.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    notes : dict
        What :func:`save_sampler` was given.
    """
    content, arrays = _read_file(path)
    with _naming_the_file(path):
        reader = Reader(VALUES, arrays, os.path.getsize(path))
        return {name: reader.read(note) for name, note in content["notes"].items()}


def _try(generator: ClassGenerator) -> None:
    """Raise an error, now and not when rows are asked for, if parts do not fit."""
    n_candidates = generator.n_candidates
    # Its repr could be longer than memory: what is shared is written once.
    if type(n_candidates) is not int or not 1 <= n_candidates <= MAX_CANDIDATES:
        raise ValueError(f"n_candidates is not a number from 1 to {MAX_CANDIDATES}")
    needed = generator._candidates_per_row
    if needed is not None and not 1 <= float(needed) <= n_candidates:
        raise ValueError("more candidates are needed for a row than there may be")
    _try_gan(generator.gan)
    # Without constraints, which may take many rows: that they can be told is enough.
    free = copy(generator)
    free.constraints = check_constraints(None)
    rows = free.sample_frame(20, random_state=0)
    generator.constraints.satisfied(rows)
    generator._container.restore(rows)


def _try_gan(gan: Any) -> None:
    """Raise an error if the parts of a generator do not fit."""
    encoder = gan.encoder_
    codecs = vars(encoder).get("codecs_")
    if codecs is not None:
        if encoder.layout_ != RowLayout.of(codecs):
            raise ValueError("the columns are not where the layout says")
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
        raise ValueError("a column has another number of states than of values")
    states = np.arange(n_states) if n_states else None
    n_rows, rng = max(n_states, 1), np.random.default_rng(0)
    codec.decode(np.zeros(n_rows, np.float32), states, n_rows, rng)


def _check_data(gan: Any, which: str) -> None:
    """Refuse what can't generate without training rows, and say what can be done."""
    if isinstance(gan, SmoothedBootstrap):
        reason = "its rows come from a smoothed bootstrap of the training rows"
        way_out = "leave the class out of `sampling_strategy`"
    elif isinstance(
        getattr(vars(gan).get("trained_"), "condition", None), AnchorCondition
    ):
        reason = "with condition='anchor' it generates around training rows"
        way_out = "train with condition='none' or 'category', which keep no row"
    else:
        return
    raise ValueError(
        f"{which} needs `keep_data`: "
        f"{reason}, which the file would hold. Set `keep_data=True` if whoever "
        f"gets the file may see them, or {way_out}."
    )


def _write_parameters(estimator: Any, writer: Writer) -> Iterator[tuple[str, Any]]:
    for name, value in estimator.get_params(deep=False).items():
        try:
            if name == "constraints":
                _check_constraints(estimator)
            yield name, writer.write(value)
        except NoFormError as error:
            raise TypeError(
                f"The parameter {name} can't be saved: {error}. Set it to something "
                "plain, or pickle the estimator where whoever loads it can trust you."
            ) from error


def _check_constraints(estimator: Any) -> None:
    """Raise a NoFormError if the parameter could run a program."""
    Writer(FORMS).write(check_constraints(getattr(estimator, "constraints", None)))


def _write_fitted(fitted: dict[str, Any], writer: Writer) -> Iterator[tuple[str, Any]]:
    for name, value in fitted.items():
        try:
            yield name, writer.write(value)
        except NoFormError as error:
            raise TypeError(f"`{name}` can't be saved: {error}.") from error


def _digest(content: dict[str, Any], arrays: dict[str, np.ndarray]) -> str:
    """Return a checksum of all that the file holds."""
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode())
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _read_file(
    path: str | os.PathLike[str],
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the JSON and the arrays of a file, or say what is wrong with it."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise ValueError(f"{path} can't be read: it is no regular file.")
    with open(path, "rb"):
        pass  # Python's own errors for what is not there, or not to be read
    try:
        with safe_open(path, framework="numpy") as file:
            text = (file.metadata() or {}).get(FORMAT)
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise ValueError(
            f"{path} can't be read: it is truncated, or no file that "
            f"`save` wrote ({error})."
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
            f"{path} is in format {version} of {writer}; this is gansampler "
            f"{__version__}, which reads format {FORMAT_VERSION}. Install "
            + ("a newer one." if is_newer else "that one, or fit and save again.")
        )
    if not is_whole:
        raise ValueError(
            f"{path} is damaged: its content is not what its checksum says. Save the "
            "sampler again, or get another copy of the file."
        )
    return content, arrays


@contextmanager
def _naming_the_file(path: str | os.PathLike[str]) -> Iterator[None]:
    """Say of any error within that it is the file's."""
    try:
        yield
    except ImportError:
        raise  # a package that its columns need is missing here
    except Exception as error:
        raise ValueError(
            f"{path} can't be read: what it holds is no sampler that this version "
            f"knows ({type(error).__name__}: {error})."
        ) from error
