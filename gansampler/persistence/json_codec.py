"""How values are written as plain JSON and named arrays, and read again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

SIMPLE = (type(None), bool, int, str)
"""What JSON itself can tell apart; a float beside them unless it is not finite."""


BYTES_PER_BYTE, FREE_BYTES = 64, 2**26
"""Memory that arrays and ranges named in the JSON may take: so many times the size of
the file, and so much more. A short text may name long ones."""


class NoFormError(TypeError):
    """A value is of a type that can't be written; the message says which."""


@dataclass(frozen=True)
class Form:
    """How values of one type are written as JSON and read again.

    Parameters
    ----------
    kind : type
        The type.

    tag : str
        What marks such a value in the JSON: it stands there as ``{tag: payload}``.

    write : callable
        ``write(value, writer)`` gives the payload.

    read : callable
        ``read(payload, reader)`` gives the value.

    subclasses : bool, default=False
        Whether values of a subclass are written so too.

    shared : bool, default=False
        Whether a value that occurs more than once is written once, and read as one.
    """

    kind: type
    tag: str
    write: Callable[[Any, Writer], Any]
    read: Callable[[Any, Reader], Any]
    subclasses: bool = False
    shared: bool = False


class Writer:
    """Turn values into JSON, and collect the arrays that go beside it.

    Parameters
    ----------
    forms : iterable of Form
        The types that can be written.

    Attributes
    ----------
    arrays : dict of str to ndarray
        The arrays, by the names that stand for them in the JSON.

    shared : list
        The JSON of each shared value; the position stands for it elsewhere.
    """

    def __init__(self, forms: Iterable[Form]) -> None:
        self.forms = {form.kind: form for form in forms}
        self.arrays: dict[str, np.ndarray] = {}
        self.shared: list[Any] = []
        self._position: dict[int, int] = {}

    def write(self, value: Any) -> Any:
        """Return the JSON of a value.

        Raises
        ------
        NoFormError
            If there is no form for its type; the message says what it is.
        """
        if type(value) in SIMPLE:
            return value
        if type(value) is float:
            return value if math.isfinite(value) else {"float": repr(value)}
        if id(value) in self._position:
            return {"shared": self._position[id(value)]}
        form = self._find_form(value)
        plain = {form.tag: form.write(value, self)}
        if not form.shared:
            return plain
        self._position[id(value)] = len(self.shared)
        self.shared.append(plain)
        return {"shared": self._position[id(value)]}

    def add_array(self, array: np.ndarray) -> str:
        """Keep a numeric array, and give the name that stands for it."""
        name = f"array{len(self.arrays)}"
        self.arrays[name] = np.ascontiguousarray(array)
        return name

    def _find_form(self, value: Any) -> Form:
        for kind in type(value).__mro__:
            form = self.forms.get(kind)
            if form is not None and (form.subclasses or kind is type(value)):
                return form
        raise NoFormError(
            f"{value!r}, a {type(value).__module__}.{type(value).__qualname__}, has no "
            "form that could be read again without executing code"
        )


class Reader:
    """Turn what a :class:`Writer` gave into values again.

    Parameters
    ----------
    forms : iterable of Form
        The types that can be read.

    arrays : dict of str to ndarray
        The arrays beside the JSON.

    n_bytes : int, default=0
        The size of the file, which what is read may not exceed by far.
    """

    def __init__(
        self, forms: Iterable[Form], arrays: dict[str, np.ndarray], n_bytes: int = 0
    ) -> None:
        self.forms = {form.tag: form for form in forms}
        self.arrays = arrays
        self.shared: list[Any] = []
        self.n_left = FREE_BYTES + BYTES_PER_BYTE * n_bytes

    def read_shared(self, plain: list[Any]) -> None:
        """Read the shared values, each of which knows only those before it."""
        for value in plain:
            (tag,) = value
            if not self.forms[tag].shared:
                raise ValueError(f"{tag!r} is never shared")
            self.shared.append(self.read(value))

    def take(self, n_bytes: int) -> None:
        """Take memory for what the JSON only names; ValueError if it is too much."""
        self.n_left -= n_bytes
        if self.n_left < 0:
            raise ValueError("it would take far more memory than the file is long")

    def read(self, plain: Any) -> Any:
        """Return the value that JSON stands for."""
        if not isinstance(plain, dict):
            return plain
        ((tag, payload),) = plain.items()
        if tag == "float":
            return float(payload)
        if tag == "shared":
            return self.shared[payload]
        return self.forms[tag].read(payload, self)


def by_attributes(kind: Any, *names: str) -> Form:
    """Return the form of a class that is made up of these attributes, and no others.

    Parameters
    ----------
    kind : type
        The class.

    *names : str
        All attributes of an instance.

    Returns
    -------
    form : Form
        Its form, tagged with the name of the class.
    """

    def write(value: Any, writer: Writer) -> dict[str, Any]:
        if set(vars(value)) != set(names):
            # Said to whoever changed the class: the format has to be changed with it.
            raise NoFormError(
                f"{kind.__name__} holds {sorted(vars(value))}, but the format knows "
                f"{sorted(names)}"
            )
        return {name: writer.write(getattr(value, name)) for name in names}

    def read(payload: dict[str, Any], reader: Reader) -> Any:
        value = kind.__new__(kind)
        # Not by `setattr`, which frozen dataclasses refuse.
        vars(value).update({name: reader.read(payload[name]) for name in names})
        return value

    return Form(kind, kind.__name__, write, read, shared=True)
