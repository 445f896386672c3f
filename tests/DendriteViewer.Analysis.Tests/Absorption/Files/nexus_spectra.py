"""Spectra in NeXus as beamlines write them, for NexusFormatTests: python3 nexus_spectra.py FOLDER"""
import os
import sys
import h5py
import numpy as np

folder = sys.argv[1]
energy = np.concatenate([np.arange(2440, 2462, 0.5), np.arange(2462, 2494, 0.2), np.arange(2494, 2530, 0.5)])
mu = 0.1 + 0.5 + np.arctan((energy - 2470.4) / 0.45) / np.pi + 1.5 * np.exp(-(((energy - 2471.3) / 0.8) ** 2) / 2)
incoming = 1e6 * (1 + 0.1 * np.sin(energy / 10))


def text(value):
    return np.bytes_(value)


def entry(file, name, mode, absorbed, unit="eV", factor=1.0):
    e = file.create_group(name)
    e.attrs["NX_class"] = "NXentry"
    e["definition"] = "NXxas"
    e["mode"] = mode
    for beam, values in (("incoming_beam", incoming), ("absorbed_beam", absorbed)):
        g = e.require_group("instrument").create_group(beam)
        g.attrs["NX_class"] = "NXdetector"
        g.create_dataset("data", data=values, chunks=(64,), compression="gzip")
    g = e["instrument"].create_group("monochromator")
    g["energy"] = energy * factor
    g["energy"].attrs["units"] = unit
    d = e.create_group("data")
    d.attrs["NX_class"] = "NXdata"
    d["energy"] = h5py.SoftLink("/%s/instrument/monochromator/energy" % name)
    d["absorbed_beam"] = h5py.SoftLink("/%s/instrument/absorbed_beam/data" % name)
    return d


def path(name):
    return os.path.join(folder, name)


with h5py.File(path("transmission.nxs"), "w") as f:
    entry(f, "entry", "Transmission", incoming * np.exp(-mu)).attrs["signal"] = "absorbed_beam"
with h5py.File(path("fluorescence_kev.nxs"), "w") as f:
    entry(f, "entry", "Fluorescence Yield", incoming * mu, unit="keV", factor=1e-3)
with h5py.File(path("yield.nxs"), "w") as f:
    entry(f, "entry", "Total Electron Yield", incoming * mu)
with h5py.File(path("several.nxs"), "w") as f:
    entry(f, "scan1", "Transmission", incoming * np.exp(-mu))
    entry(f, "scan2", "Transmission", incoming * np.exp(-1.5 * mu))

# As newer definitions and other programs have it: an NXdata that shows µ itself along the energy.
with h5py.File(path("signal.h5"), "w") as f:
    e = f.create_group("measurement")
    e.attrs["NX_class"] = text("NXentry")
    e.attrs["default"] = text("plot")
    d = e.create_group("plot")
    d.attrs["NX_class"] = text("NXdata")
    d.attrs["signal"] = text("intensity")
    d.attrs["axes"] = [text("energy")]
    d["energy"] = energy
    d["intensity"] = mu
    d["counts"] = incoming

# No energy; an image; and what refers to other files, which are not opened.
with h5py.File(path("no_energy.h5"), "w") as f:
    f["image"] = np.zeros((30, 30))
    f["signal"] = mu
with h5py.File(path("secret.h5"), "w") as f:
    f["energy"] = energy
    f["mu"] = mu
with h5py.File(path("linked.h5"), "w") as f:
    f["energy"] = h5py.ExternalLink("secret.h5", "/energy")
    f["mu"] = h5py.ExternalLink("secret.h5", "/mu")
with open(path("raw.bin"), "wb") as f:
    f.write(mu.tobytes())
with h5py.File(path("external.h5"), "w") as f:
    f["energy"] = energy
    f.create_dataset("mu", shape=mu.shape, dtype="f8", external=[(path("raw.bin"), 0, mu.nbytes)])
