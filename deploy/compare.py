#!/usr/bin/python3
"""Writes what ./dendrite compare measured into docs/performance.md, between its marks: times, ratios, and how far pictures differ."""
import json
import os
import sys

import numpy as np
import vtk
from vtk.util import numpy_support

folder, document = sys.argv[1:]
read = lambda name: json.load(open(os.path.join(folder, name)))
peers, ours = read("vtk.json"), read("raycast.json") | read("slice.json")


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

text = open(document).read()
before, rest = text.split("<!-- kernels -->")
after = rest.split("<!-- end -->", 1)[1]
open(document, "w").write(before + "<!-- kernels -->\n" + "\n".join(rows) + "\n<!-- end -->" + after)
print("\n".join(rows))
