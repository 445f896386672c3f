#!/usr/bin/python3
"""Holds the analysis against phantoms whose truth is known, and writes a table into docs/validation.md.

Usage: validate.py DENDRITE FOLDER DOCUMENT [SEED ...]
"""
import json
import math
import os
import shutil
import subprocess
import sys

dendrite, folder, document, *seeds = sys.argv[1:]
seeds = [int(s) for s in seeds] or range(1, 11)
ID = "li-li3ps4-li-phantom-0-8-ma-cm2"


def run(*arguments):
    done = subprocess.run(["dotnet", dendrite, *arguments], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(done.stdout) if "--json" in arguments else None


def surface_error(truth, manifest):
    """Root mean square distance between the surface found and the phantom's, inside the cell, in voxels."""
    s, t = manifest["depth"]["surface"], truth["interface"]
    (ou, ov), step, (nu, nv), h = s["originUm"], s["stepUm"], s["shape"], s["heightsUm"]

    def found(u, v):
        a, b = min(max((u - ou) / step, 0), nu - 1), min(max((v - ov) / step, 0), nv - 1)
        i, j = min(int(a), nu - 2), min(int(b), nv - 2)
        fa, fb, k = a - i, b - j, i * nv + j
        return (h[k] * (1 - fb) + h[k + 1] * fb) * (1 - fa) + (h[k + nv] * (1 - fb) + h[k + nv + 1] * fb) * fa

    middle, radius = (len(t["heightsUm"]) - 1) * t["stepUm"] / 2, truth["cellRadiusUm"]
    apart = [found(i * t["stepUm"], j * t["stepUm"]) - height for i, row in enumerate(t["heightsUm"]) for j, height in enumerate(row)
             if math.hypot(i * t["stepUm"] - middle, j * t["stepUm"] - middle) < radius - 2]
    return math.sqrt(sum(d * d for d in apart) / len(apart))


def worst_bin(profile, truth):
    """Of the limit that a bin has, 8 % or 0.02 of a percent of the electrolyte, whichever is larger, the most that is used."""
    true_bins = {b["fromUm"]: b["percentOfElectrolyte"] for b in truth["voids"]["bins"]}
    return max(abs(b["percentOfElectrolyte"] - true_bins.get(b["fromUm"], 0)) / max(0.02, 0.08 * true_bins.get(b["fromUm"], 0)) for b in profile["bins"])


def check_box(seed):
    """A cylinder in a box of air, of a bright holder or of a wall, whose interface is given as a number: the outline must be found all the same."""
    around = ("air", "bright", "wall")[seed % 3]
    phantom, store = os.path.join(folder, f"box{seed}"), os.path.join(folder, f"boxstore{seed}")
    if not os.path.exists(os.path.join(phantom, "dataset.json")):
        run("phantom", phantom, "--seed", str(seed), "--flat", "--around", around, "--hours", "0")
    run("ingest", phantom, "--store", store)
    profile = run("analyze", "void-profile", ID, "--store", store, "--json")
    shutil.rmtree(store)
    if profile["warnings"]:
        print(f"seed {seed}: {profile['warnings']}", file=sys.stderr)
    return worst_bin(profile, json.load(open(os.path.join(phantom, "truth.json")))), around


def check(seed):
    phantom, store = os.path.join(folder, f"phantom{seed}"), os.path.join(folder, f"store{seed}")
    if not os.path.exists(os.path.join(phantom, "dataset.json")):
        run("phantom", phantom, "--seed", str(seed))
    run("ingest", phantom, "--store", store)
    truth = json.load(open(os.path.join(phantom, "truth.json")))
    manifest = json.load(open(os.path.join(store, "datasets", ID, "dataset.json")))
    profile = run("analyze", "void-profile", ID, "--store", store, "--json")
    lithium = run("analyze", "lithium", ID, "--store", store, "--json")
    nucleation = run("analyze", "nucleation", ID, "--store", store, "--json")

    true_bins = {b["fromUm"]: b["percentOfElectrolyte"] for b in truth["voids"]["bins"]}
    worst = worst_bin(profile, truth)
    true_lithium = {t["hours"]: t["lithiumUm3"] for t in truth["timesteps"]}
    found = {t["hours"]: t["measuredUm3"] for t in lithium["timesteps"]}
    off = {h: 100 * (found[h] / true_lithium[h] - 1) for h in (2.5, 3.2)}
    early = max(100 * found[h] / profile["electrolyteUm3"] for h in (0, 1))

    left = list(nucleation["sites"])
    hits, distances, missed = 0, [], []
    for site in truth["sites"]:
        near = [s for s in left if math.dist(s["centerUm"], site["centerUm"]) <= 4 and s["bornHours"] == site["bornHours"]]
        if near:
            best = min(near, key=lambda s: math.dist(s["centerUm"], site["centerUm"]))
            left.remove(best)
            hits += 1
            distances.append(math.dist(best["centerUm"], site["centerUm"]))
        else:
            missed.append(site)
    for site in missed:
        print(f"seed {seed}: missed {site}", file=sys.stderr)
    for site in left:
        print(f"seed {seed}: false {site['id']} {site['bornHours']} {[round(c, 1) for c in site['centerUm']]} {[round(v['um3']) for v in site['volumes']]} {site['events']}", file=sys.stderr)
    box, around = check_box(seed)
    drift = max(abs(d) for t in truth["timesteps"] for d in t["driftVoxels"])
    return dict(seed=seed, tilt=truth["interface"]["tiltDeg"], drift=drift, surface=surface_error(truth, manifest), bins=worst, off=off, early=early,
                sites=len(truth["sites"]), found=hits, false=len(left), distance=sum(distances) / max(1, len(distances)),
                box=box, around=around, band=profile["bins"][5]["percentOfElectrolyte"], true_band=true_bins[100])


rows = []
for seed in seeds:
    rows.append(check(seed))
    print(rows[-1], file=sys.stderr)
    shutil.rmtree(os.path.join(folder, f"store{seed}"))

lines = ["| seed | tilt, ° | largest drift, voxels | interface off, voxels rms | worst bin, of its limit | in a box, interface a number: worst bin, of its limit | band, % (true) | lithium 2.5 h | lithium 3.2 h | lithium at 0 and 1 h, % of the electrolyte | sites found | false | centres off, voxels |",
         "|---|---|---|---|---|---|---|---|---|---|---|---|---|"]
for r in rows:
    lines.append(f"| {r['seed']} | {r['tilt']:.2f} | {r['drift']:.2f} | {r['surface']:.3f} | {r['bins']:.2f} | {r['box']:.2f} ({r['around']}) | {r['band']:.4f} ({r['true_band']:.4f}) | {r['off'][2.5]:+.1f} % | {r['off'][3.2]:+.1f} % | {r['early']:.4f} | {r['found']} of {r['sites']} | {r['false']} | {r['distance']:.1f} |")
found, sites, false = sum(r["found"] for r in rows), sum(r["sites"] for r in rows), sum(r["false"] for r in rows)
lines.append(f"| all | | | {max(r['surface'] for r in rows):.3f} | {max(r['bins'] for r in rows):.2f} | {max(r['box'] for r in rows):.2f} | | {max((r['off'][2.5] for r in rows), key=abs):+.1f} % | {max((r['off'][3.2] for r in rows), key=abs):+.1f} % | {max(r['early'] for r in rows):.4f} | {found} of {sites} | {false} of {found + false} | {sum(r['distance'] for r in rows) / len(rows):.1f} |")
text = open(document).read()
before, rest = text.split("<!-- phantoms -->")
after = rest.split("<!-- end -->", 1)[1]
open(document, "w").write(before + "<!-- phantoms -->\n" + "\n".join(lines) + "\n<!-- end -->" + after)
print("\n".join(lines))
