"""Write values as plain JSON and named arrays, and read them again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

SIMPLE = (type(None), bool, int, str)
"""Types that JSON represents directly. Finite floats are written directly, too."""


BYTES_PER_BYTE, FREE_BYTES = 64, 2**26
"""Memory budget for arrays and ranges that the JSON only describes: a multiple of the
file size, plus a constant. Without it a short file could describe huge ones."""


class NoFormError(TypeError):
    """The type of a value can't be written. The message names it."""


@dataclass(frozen=True)
class Form:
    """How to write values of one type as JSON, and read them again.

    Parameters
    ----------
    kind : type
        The type.

    tag : str
        The tag of such values in the JSON, which contains ``{tag: payload}``.

    write : callable
        ``write(value, writer)`` returns the payload.

    read : callable
        ``read(payload, reader)`` returns the value.

    subclasses : bool, default=False
        Whether the form also applies to subclasses.

    shared : bool, default=False
        Whether an object that occurs more than once is written once and read as a
        single object.
    """

    kind: type
    tag: str
    write: Callable[[Any, Writer], Any]
    read: Callable[[Any, Reader], Any]
    subclasses: bool = False
    shared: bool = False


class Writer:
    """Convert values to JSON, and collect their arrays.

    Parameters
    ----------
    forms : iterable of Form
        The types that can be written.

    Attributes
    ----------
    arrays : dict of str to ndarray
        The arrays, by the names that the JSON uses for them.

    shared : list
        The JSON of each shared value. The rest of the JSON refers to its position.
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
            If there is no form for its type. The message names the type.
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
        """Store a numeric array, and return its name for the JSON."""
        name = f"array{len(self.arrays)}"
        self.arrays[name] = np.ascontiguousarray(array)
        return name

    def _find_form(self, value: Any) -> Form:
        for kind in type(value).__mro__:
            form = self.forms.get(kind)
            if form is not None and (form.subclasses or kind is type(value)):
                return form
        raise NoFormError(
            f"{value!r}, a {type(value).__module__}.{type(value).__qualname__}, can't "
            "be restored without executing code"
        )


class Reader:
    """Restore values from the output of a :class:`Writer`.

    Parameters
    ----------
    forms : iterable of Form
        The types that can be read.

    arrays : dict of str to ndarray
        The arrays of the file.

    n_bytes : int, default=0
        The size of the file, which limits the memory of the values.
    """

    def __init__(
        self, forms: Iterable[Form], arrays: dict[str, np.ndarray], n_bytes: int = 0
    ) -> None:
        self.forms = {form.tag: form for form in forms}
        self.arrays = arrays
        self.shared: list[Any] = []
        self.n_left = FREE_BYTES + BYTES_PER_BYTE * n_bytes

    def read_shared(self, plain: list[Any]) -> None:
        """Read the shared values, each of which may only refer to earlier ones."""
        for value in plain:
            (tag,) = value
            if not self.forms[tag].shared:
                raise ValueError(f"{tag!r} can't be a shared value")
            self.shared.append(self.read(value))

    def take(self, n_bytes: int) -> None:
        """Charge memory to the budget; raise a ValueError if it is exceeded."""
        self.n_left -= n_bytes
        if self.n_left < 0:
            raise ValueError("its contents need far more memory than its size allows")

    def read(self, plain: Any) -> Any:
        """Return the value that JSON represents."""
        if not isinstance(plain, dict):
            return plain
        ((tag, payload),) = plain.items()
        if tag == "float":
            return float(payload)
        if tag == "shared":
            return self.shared[payload]
        return self.forms[tag].read(payload, self)


def by_attributes(kind: Any, *names: str) -> Form:
    """Return the form of a class with exactly these attributes.

    Parameters
    ----------
    kind : type
        The class.

    *names : str
        All attributes of an instance.

    Returns
    -------
    form : Form
        The form, whose tag is the name of the class.
    """

    def write(value: Any, writer: Writer) -> dict[str, Any]:
        if set(vars(value)) != set(names):
            # For developers: whoever changes the class must change the format with it.
            raise NoFormError(
                f"{kind.__name__} has the attributes {sorted(vars(value))}, but the "
                f"format has {sorted(names)}"
            )
        return {name: writer.write(getattr(value, name)) for name in names}

    def read(payload: dict[str, Any], reader: Reader) -> Any:
        value = kind.__new__(kind)
        # Not with `setattr`, which frozen dataclasses reject.
        vars(value).update({name: reader.read(payload[name]) for name in names})
        return value

    return Form(kind, kind.__name__, write, read, shared=True)
