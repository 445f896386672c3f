#!/usr/bin/python3
"""Times scipy's least squares on the sweeps that `dendrite bench eis --snapshots` wrote, and writes both into docs/performance.md.

Usage: compare_fits.py FOLDER DOCUMENT, with FOLDER/eis.json (what bench printed) and FOLDER/sweeps.json. scipy is given what impedance.py gives it
(the trust region, numerical derivatives, bounds at 0) and is started once near the truth, as who fits by hand does, and forty times at random
between the limits of each kind of element, as ours is.
"""
import json
import os
import statistics
import sys
import time

import numpy as np
import scipy
from scipy.optimize import least_squares

folder, document = sys.argv[1:]
ours = json.load(open(os.path.join(folder, "eis.json")))
sweeps = json.load(open(os.path.join(folder, "sweeps.json")))
STARTS, TRIED = 40, 5
random = np.random.default_rng(1)


def impedance(values, omega):
    z = np.full(omega.shape, values[0], complex)
    for r, q, n in values[1:].reshape(3, 3):
        z += r / (1 + r * q * (1j * omega) ** n)
    return z


def fit(omega, z, start):
    def residual(values):
        d = (impedance(values, omega) - z) / abs(z)
        return np.concatenate([d.real, d.imag])
    upper = [np.inf] + [np.inf, np.inf, 1] * 3
    return 2 * least_squares(residual, np.clip(start, 1e-12, upper), bounds=([0] * 10, upper), x_scale=np.maximum(start, 1e-12), max_nfev=1000).cost


def anywhere():
    arcs = [[10 ** random.uniform(0, 3), 10 ** random.uniform(-9, -2), random.uniform(0.5, 1)] for _ in range(3)]
    return np.array([10 ** random.uniform(0, 3)] + sum(arcs, []))


def start_near():
    return np.array([12, 70, 2e-6, 0.9, 60, 3e-5, 0.85, 40, 5e-4, 0.9])


once, often, ratios_once, ratios_often = [], [], [], []
for sweep in sweeps[:: max(1, len(sweeps) // TRIED)][:TRIED]:
    omega, z = 2 * np.pi * np.array(sweep["frequencyHz"]), np.array(sweep["re"]) + 1j * np.array(sweep["im"])
    began = time.perf_counter()
    near = fit(omega, z, start_near())
    once.append(time.perf_counter() - began)
    began = time.perf_counter()
    best = min(fit(omega, z, anywhere()) for _ in range(STARTS))
    often.append(time.perf_counter() - began)
    ratios_once.append(near / sweep["pseudoChiSquare"])
    ratios_often.append(best / sweep["pseudoChiSquare"])

ms = 1000 * ours["series.s"] / ours["series.sweeps"]
rows = [
    f"{ours['series.sweeps']} sweeps of {ours['series.points']} points, three arcs with 0.2 % noise, modulus weight, {ours['threads']} threads: "
    f"{ours['series.s']:.1f} s, {ours['series.processor_s']:.1f} s of processor time, Kramers–Kronig test and relaxation times included. "
    f"A bound that is dragged refits in {ours['refit.ms']:.0f} ms (median of 40, {ours['refit.least_ms']:.0f} to {ours['refit.most_ms']:.0f}). "
    f"scipy {scipy.__version__} fits {len(once)} of the same sweeps, one after another:", "",
    "| who | ms a sweep | ours is faster by | χ² over ours, least and most |", "|---|---|---|---|",
    f"| ours, all starts | {ms:.0f} | | |",
]
for title, times, ratios in [("scipy, one start near the truth", once, ratios_once), (f"scipy, {STARTS} starts anywhere", often, ratios_often)]:
    theirs = 1000 * statistics.median(times)
    rows.append(f"| {title} | {theirs:.0f} | {theirs / ms:.1f} | {min(ratios):.6g}, {max(ratios):.6g} |")
text = open(document).read()
begin, end = text.index("<!-- fits -->") + len("<!-- fits -->\n"), None
end = text.index("<!-- end -->", begin)
open(document, "w").write(text[:begin] + "\n".join(rows) + "\n" + text[end:])
print("\n".join(rows))
