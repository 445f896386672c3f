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


def difference(one, other):
    return f"{abs(pixels(one) - pixels(other)).mean():.2f}"


def ratio(theirs, mine):
    return f"{theirs / mine:.1f}" if theirs and mine else ""


def ms(time):
    return f"{time:.4g}" if time else ""


there = os.path.exists(os.path.join(folder, "volpack.json"))
volpack = read("volpack.json") if there else {}
exact, alone = read("exact.json"), read("one-voids.json") | read("one-fog.json")
rows = [f"{ours['device']}, {ours['threads']} threads; VTK {vtk.vtkVersion.GetVTKVersion()}, as many threads; VolPack and *ours, one* on one thread.", "",
        "| case | VTK, ms | ours, ms | VTK / ours | VolPack, ms | ours, one, ms | VolPack / ours | ours at rest, ms |", "|---|---|---|---|---|---|---|---|"]
pictures = ["| case | moving from VTK | at rest from VTK | moving from at rest |", "|---|---|---|---|"]
for title, kind, shaded in [
    ("sparse, flat", "voids", 0), ("sparse, shaded", "voids", 1), ("translucent, flat", "fog", 0), ("translucent, shaded", "fog", 1),
]:
    key = f"{kind}.{'shaded' if shaded else 'flat'}.ms"
    one, theirs = (None, None) if shaded else (alone[f"raycast.{key}"], volpack.get(f"volpack.{key}"))
    column = ms(theirs) if there or shaded else "not installed"
    rows.append(f"| {title} | {ms(peers[f'raycast.{key}'])} | {ms(ours[f'raycast.{key}'])} | {ratio(peers[f'raycast.{key}'], ours[f'raycast.{key}'])} "
                f"| {column} | {ms(one)} | {ratio(theirs, one)} | {ms(exact[f'raycast.{key}'])} |")
    mine = f"dendrite-{kind}-{shaded}.png"
    from_vtk = ("other light", "other light") if shaded else (
        difference(f"vtk-{kind}-{shaded}.png", mine), difference(f"vtk-{kind}-{shaded}.png", f"exact/{mine}"))
    pictures.append(f"| {title} | {from_vtk[0]} | {from_vtk[1]} | {difference(mine, f'exact/{mine}')} |")
rows.append(f"| oblique slice | {ms(peers['slice.oblique.ms'])} | {ms(ours['slice.oblique.ms'])} "
            f"| {ratio(peers['slice.oblique.ms'], ours['slice.oblique.ms'])} | | | | |")
rows.append(f"| curved slice | | {ms(ours['slice.curved.ms'])} | | | | | |")
rows += ["", "Mean difference of the pictures, of 255:", ""] + pictures + [""]
if there:
    rows.append(f"Before its first picture VolPack classifies the volume for a transfer function, in {volpack['volpack.voids.classify.ms']:.0f} ms (sparse) and "
                f"{volpack['volpack.fog.classify.ms']:.0f} ms (translucent); it projects in parallel.")
rows.append(f"The oblique slice touches {ours['slice.oblique.MB']} MB: the 64-byte lines of bricks that hold some of its voxels, and the picture. A copy on all "
            f"threads reads and writes {ours['copy.GBs']} GB/s here, by which memory alone would allow it in {ours['slice.oblique.memory.ms']} ms.")

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
