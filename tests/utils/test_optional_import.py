import sys

import pytest

from gansampler.utils.optional_import import import_optional


def test__import_optional__installed__the_module_itself():
    import os.path

    assert import_optional("os.path", caller="save", extra="save") is os.path


def test__import_optional__not_installed__says_how_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "missing.part", None)
    with pytest.raises(
        ImportError, match=r'save needs missing, .* `pip install "gansampler\[extra\]"`'
    ):
        import_optional("missing.part", caller="save", extra="extra")
