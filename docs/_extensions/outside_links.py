"""Link names such as ``sklearn.pipeline.Pipeline`` to the packages' own pages.

Intersphinx would fetch lists of names over the network. These projects give each public
name a page of its own, so its address follows from the name. Names that do not exist in
the installed package get no link.
"""

import pkgutil

from docutils import nodes

PAGES = {
    "imblearn": "https://imbalanced-learn.org/stable/references/generated/{}.html",
    "joblib": "https://joblib.readthedocs.io/en/stable/generated/{}.html",
    "matplotlib": "https://matplotlib.org/stable/api/_as_gen/{}.html",
    "numpy": "https://numpy.org/doc/stable/reference/generated/{}.html",
    "pandas": "https://pandas.pydata.org/docs/reference/api/{}.html",
    "sklearn": "https://scikit-learn.org/stable/modules/generated/{}.html",
    "torch": "https://docs.pytorch.org/docs/stable/generated/{}.html",
}


def exists(name):
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError, ValueError):
        return False
    return True


def link(app, env, node, content):
    name = node.get("reftarget", "")
    package = name.partition(".")[0]
    if node.get("refdomain") != "py" or package not in PAGES or not exists(name):
        return None
    found = nodes.reference("", "", internal=False, refuri=PAGES[package].format(name))
    found += content
    return found


def setup(app):
    app.connect("missing-reference", link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
