"""Write digits.csv and digits_eval.csv beside this script: handwritten digits, one image per row.

Source: "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak, UCI Machine Learning
Repository, 1998 (CC BY 4.0), https://doi.org/10.24432/C50P49, https://archive.ics.uci.edu/dataset/80; the
1,797 images of its test set, as scikit-learn carries them (sklearn.datasets.load_digits). Nothing is downloaded.

Columns: label (the digit, 0 to 9), then the 8 x 8 image row by row, p00 to p77 (how much of a 4 x 4 block is
ink, 0 to 16). The images keep the source's order, in which images by one writer stand near each other. The
first 1,437 are for training, the last 360 for evaluation.

Usage: python data/make_digits.py
"""

from __future__ import annotations

import csv
from pathlib import Path

from sklearn.datasets import load_digits

EVAL_ROWS = 360


def main() -> None:
    """Write both files."""
    source = load_digits()
    rows = [[int(label), *map(int, image)] for label, image in zip(source.target, source.data, strict=True)]
    here = Path(__file__).parent
    write(here / "digits.csv", rows[:-EVAL_ROWS])
    write(here / "digits_eval.csv", rows[-EVAL_ROWS:])


def write(path: Path, rows: list[list[int]]) -> None:
    """One CSV file, with a line of column names."""
    with path.open("w", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(["label", *(f"p{row}{column}" for row in range(8) for column in range(8))])
        table.writerows(rows)


if __name__ == "__main__":
    main()
