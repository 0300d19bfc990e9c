"""Sphinx configuration; `make docs` builds with warnings as errors."""

import sys
from pathlib import Path

from typer.testing import CliRunner

import gansampler
from gansampler.cli.commands import app as command_line

sys.path.append(str(Path(__file__).parent / "_extensions"))

project = "gansampler"
author = "the gansampler developers"
copyright = f"2026, {author}"
release = version = gansampler.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.doctest",  # for `testsetup`, which tests/test_documentation.py runs
    "myst_parser",  # for the changelog
    "numpydoc",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    # Ours. The build and its pages work without a network: no intersphinx, no MathJax.
    "mathml",
    "outside_links",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "_extensions"]
html_math_renderer = "mathml"
suppress_warnings = ["myst.header"]  # the changelog's own title is left out

autosummary_generate = True
autodoc_typehints = "none"  # numpydoc's sections say more
numpydoc_show_class_members = False  # the class template lists them
toc_object_entries_show_parents = "hide"  # or methods are cut off in the sidebar

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"/plot_",
    "ignore_pattern": r"demo\.py$",  # `make demo` runs it
    "within_subsection_order": "FileNameSortKey",
    "doc_module": ("gansampler",),
    "backreferences_dir": "generated",
    "inspect_global_variables": False,
    "matplotlib_animations": False,
    "remove_config_comments": True,
    "download_all_examples": False,
    "show_memory": False,
}

html_theme = "pydata_sphinx_theme"
html_title = f"gansampler {version}"
html_logo = "_static/logo.svg"  # with the name
html_favicon = "_static/favicon.svg"
html_theme_options = {
    "show_toc_level": 2,
    "header_links_before_dropdown": 6,
    "navigation_with_keys": False,
    "show_prev_next": False,
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars = {page: [] for page in ("index", "install", "first_steps", "faq")}
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_show_sourcelink = False


def write_help(_app):
    """Write what `--help` prints, so that the page of the command line never lags."""
    folder = Path(__file__).parent / "_help"
    folder.mkdir(exist_ok=True)
    runner = CliRunner(env={"COLUMNS": "80", "TERMINAL_WIDTH": "80", "NO_COLOR": "1"})
    names = [command.callback.__name__ for command in command_line.registered_commands]
    for name in ["gansampler", *names]:
        arguments = [name] if name in names else []
        text = runner.invoke(command_line, [*arguments, "--help"]).stdout
        lines = (line.rstrip() for line in text.strip("\n").splitlines())
        (folder / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")


def setup(app):
    app.connect("builder-inited", write_help)
