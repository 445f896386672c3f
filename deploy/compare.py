#!/usr/bin/python3
"""Writes what ./dendrite compare measured into docs/performance.md, between its marks: times, ratios, and how far pictures differ."""
import json
import os
import statistics
import sys

import numpy as np
import vtk
from vtk.util import numpy_support

folder, document = sys.argv[1:]
read = lambda name: json.load(open(os.path.join(folder, name)))
peers, ours = read("vtk.json"), read("raycast.json") | read("slice.json") | read("label.json") | read("otsu.json")
ingests = [[read(f"{name}-{n}.json") for n in range(1, 6)] for name in ("peers-ingest", "ingest")]


def pixels(name):
    reader = vtk.vtkPNGReader()
    reader.SetFileName(os.path.join(folder, name))
    reader.Update()
    image = reader.GetOutput()
    width, height, _ = image.GetDimensions()
    return numpy_support.vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, width, -1)[:, :, :3].astype(int)


def difference(kind, shaded):
    return abs(pixels(f"vtk-{kind}-{shaded}.png") - pixels(f"dendrite-{kind}-{shaded}.png")).mean()


rows = [f"{ours['device']}, {ours['threads']} threads; VTK {vtk.vtkVersion.GetVTKVersion()}.", "",
        "| case | VTK, ms | ours, ms | ratio | mean difference of the pictures, of 255 |", "|---|---|---|---|---|"]
for key, title, kind, shaded in [
    ("raycast.voids.flat.ms", "sparse, flat", "voids", 0), ("raycast.voids.shaded.ms", "sparse, shaded", "voids", 1),
    ("raycast.fog.flat.ms", "translucent, flat", "fog", 0), ("raycast.fog.shaded.ms", "translucent, shaded", "fog", 1),
    ("slice.oblique.ms", "oblique slice", None, 0),
]:
    apart = "other light" if shaded else "" if kind is None else f"{difference(kind, shaded):.2f}"
    rows.append(f"| {title} | {peers[key]:.4g} | {ours[key]:.4g} | {peers[key] / ours[key]:.1f} | {apart} |")

labels = ["| case | scipy, scikit-image, ms | ours, ms | ratio |", "|---|---|---|---|"]
for key, title in [("label.ms", "components of the voids with sizes and centres"), ("otsu.ms", "Otsu's threshold")]:
    labels.append(f"| {title} | {peers[key]:.4g} | {ours[key]:.4g} | {peers[key] / ours[key]:.0f} |")
assert peers["label.components"] == ours["label.components"] and peers["otsu.threshold"] == ours["otsu.threshold"], "the results differ"

imports = ["| case | tifffile and zarr, ms | ours, ms | ratio | ours, MB/s |", "|---|---|---|---|---|"]
theirs, mine = (statistics.median(run["ingest.ms"] for run in runs) for runs in ingests)
megabytes = ingests[1][0]["ingest.MB"]
imports.append(f"| {megabytes:.0f} MB of TIFF slices | {theirs:.4g} | {mine:.4g} | {theirs / mine:.1f} | {1000 * megabytes / mine:.0f} |")

text = open(document).read()
for mark, lines in [("<!-- kernels -->", rows), ("<!-- labels -->", labels), ("<!-- ingest -->", imports)]:
    before, rest = text.split(mark)
    after = rest.split("<!-- end -->", 1)[1]
    text = before + mark + "\n" + "\n".join(lines) + "\n<!-- end -->" + after
open(document, "w").write(text)
print("\n".join(rows + labels + imports))
