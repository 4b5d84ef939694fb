"""What a notebook tells the batch that runs it, unseen: that it has read what all units share."""

from __future__ import annotations

COMPARISON_READ = "application/vnd.slm.comparison-read+json"
"""MIME type of an output that no page and no JupyterLab shows."""


def tell_batch(mime: str) -> None:
    """Put an output of this type into the notebook, where one is running."""
    from IPython.core.getipython import get_ipython  # noqa: PLC0415  the batch itself has none

    shell = get_ipython()
    if shell is not None:
        shell.display_pub.publish({mime: {}})
