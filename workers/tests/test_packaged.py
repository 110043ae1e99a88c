"""Files inside packages, beside what the packages themselves give."""

from __future__ import annotations

import numpy as np
import pytest

from asterism.data.packaged import packaged_file
from asterism.data.series import whole_series
from asterism.errors import Refused
from asterism.tasks.images import _digits


def test_digits_are_those_of_scikit_learn() -> None:
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    assert np.array_equal(_digits()[0], images) and np.array_equal(_digits()[1], labels)


def test_series_are_those_of_statsmodels() -> None:
    from statsmodels.datasets import co2, elnino, sunspots

    weekly = co2.load_pandas().data["co2"].interpolate().to_numpy()
    months = elnino.load_pandas().data.set_index("YEAR").to_numpy().reshape(-1)
    theirs = [sunspots.load_pandas().data["SUNACTIVITY"].to_numpy(), weekly[::4], months]
    for mine, wanted in zip(whole_series(), theirs, strict=True):
        assert np.array_equal(mine, wanted)


def test_what_is_missing_is_named_with_the_command() -> None:
    with pytest.raises(
        Refused, match="task x needs a.csv of nowhere, which is not installed: pip install nowhere"
    ):
        packaged_file("no_such_package", "nowhere", "a.csv", "task x")
    with pytest.raises(Refused, match="has no a.csv: pip install numpy"):
        packaged_file("numpy", "numpy", "a.csv", "task x")
