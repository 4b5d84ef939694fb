"""Write the sample data: ``python -m slm_analysis.sample [folder] [--seed N]``."""

from __future__ import annotations

import argparse

from slm_analysis.errors import InputError
from slm_analysis.sample import SEED, write_sample


def main() -> None:
    """Write the tables and name the files."""
    parser = argparse.ArgumentParser(
        prog="python -m slm_analysis.sample", description="Write the sample data as CSV files."
    )
    parser.add_argument("folder", nargs="?", default="data/sample")
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    try:
        files = write_sample(arguments.folder, arguments.seed)
    except InputError as e:
        parser.error(str(e))
    print(*files, sep="\n")


if __name__ == "__main__":
    main()
