"""Writes moocore.json: hypervolumes by moocore (pip install moocore), the reference our kernels are held to."""

import json
import pathlib

import moocore
import numpy as np

cases = []
rng = np.random.default_rng(7)
for n, m in [(20, 2), (100, 2), (20, 3), (100, 3), (20, 4), (60, 4), (20, 5)]:
    # Points of a sphere's inner octant: no point dominates another.
    raw = np.abs(rng.normal(size=(n, m)))
    points = np.round(1 - raw / np.linalg.norm(raw, axis=1, keepdims=True), 12)
    reference = [1.1] * m
    value = float(moocore.hypervolume(points, ref=reference))
    cases.append({"points": points.tolist(), "reference": reference, "hypervolume": value})
path = pathlib.Path(__file__).with_name("moocore.json")
path.write_text(json.dumps({"moocore": moocore.__version__, "cases": cases}) + "\n")
