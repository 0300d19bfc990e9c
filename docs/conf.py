"""Sphinx configuration; `make docs` builds with warnings as errors."""

import gansampler

project = "gansampler"
author = "the gansampler developers"
copyright = f"2026, {author}"
release = version = gansampler.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.doctest",  # for `testsetup`, which tests/test_documentation.py runs
    "sphinx.ext.mathjax",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
]
templates_path = ["_templates"]
exclude_patterns = ["_build"]
# No intersphinx: the build must work, without warnings, on a machine with no network.

autosummary_generate = True
numpydoc_show_class_members = False  # the class template lists them

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
html_theme_options = {
    "show_toc_level": 2,
    "header_links_before_dropdown": 4,  # more leave no room for the search
    "navigation_with_keys": False,
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars = {
    "install": [],
    "api": [],
    "contributing": [],
    "does_it_help": [],
    "family": [],
    "when_not": [],
    "alternatives": [],
    "faq": [],
    "migration": [],
}
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_show_sourcelink = False
