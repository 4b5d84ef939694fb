"""How the documentation is built: `make docs`."""

from importlib import metadata

project = "slm-analysis"
version = release = metadata.version("slm-analysis")
copyright = "slm-analysis contributors"  # noqa: A001  the name that Sphinx reads

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_heading_anchors = 3
autodoc_typehints = "none"  # numpydoc docstrings say the types
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_ivar = True
default_role = "code"  # as docstrings use it

html_theme = "furo"
html_title = f"slm-analysis {release}"
html_copy_source = False
html_show_copyright = False
html_show_search_summary = False  # fetching pages for it fails where they are files
html_theme_options = {"navigation_with_keys": True}
