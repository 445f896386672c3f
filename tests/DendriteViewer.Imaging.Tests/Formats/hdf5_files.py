"""Writes HDF5 files in the ways that beamlines and programs do, for Hdf5FileTests: python3 hdf5_files.py FOLDER

Every file holds the volume that volume() gives, 20 x 25 x 30 voxels of 16 bits, unless its name says otherwise.
"""
import os
import sys

import h5py
import numpy as np


def volume():
    return (np.arange(20 * 25 * 30) * 7919 % 60000).astype("u2").reshape(20, 25, 30)


def main(folder):
    os.chdir(folder)
    v = volume()

    def new(name, **options):
        return h5py.File(name, "w", **options)

    with new("contiguous.h5") as h:
        h["image"] = v
    with new("chunked.h5") as h:
        d = h.create_dataset("a/b/data", data=v, chunks=(7, 16, 16), compression="gzip", shuffle=True, fletcher32=True)
        d.attrs["element_size_um"] = [0.5, 0.4, 0.3]
    with new("deep_chunks.h5") as h:
        h.create_dataset("image", data=v, chunks=(20, 25, 1))
    with new("latest.h5", libver="latest") as h:
        h.create_dataset("image", data=v, chunks=(5, 25, 30), compression="gzip", maxshape=(None, 25, 30))
    with new("behind_a_block.h5", userblock_size=1024) as h:
        h["image"] = v
    with new("big_endian.h5") as h:
        h["image"] = v.astype(">u2")
    with new("nbit.h5") as h:
        # 16 of 32 bits, packed to what they need.
        kind = h5py.h5t.STD_U32LE.copy()
        kind.set_precision(16)
        plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plan.set_chunk((5, 25, 30))
        plan.set_filter(h5py.h5z.FILTER_NBIT)
        h5py.h5d.create(h.id, b"image", kind, h5py.h5s.create_simple(v.shape), plan).write(h5py.h5s.ALL, h5py.h5s.ALL, v.astype("u4"))
    with new("many.h5") as h:
        h["first"], h["second"] = v, v
    with new("text.h5") as h:
        h["image"] = "hello"
    with new("counts.h5") as h:
        h["image"] = v
        h["image"].attrs["voxel_size"] = [1.0, 2.0, 3.0]
        h["image"].attrs["units"] = "counts"

    # NeXus: defaults lead to an NXdata with axes in mm; the times come first.
    with new("nexus.nxs") as h:
        h.attrs["default"] = "entry"
        e = h.create_group("entry")
        e.attrs["default"] = "data"
        d = e.create_group("data")
        d.attrs["signal"], d.attrs["axes"] = "data", ["t", "z", "y", "x"]
        d.create_dataset("data", data=np.stack([v, v + 1, v + 2]), chunks=(1, 10, 25, 30), compression="gzip")
        for name, count in (("z", 20), ("y", 25), ("x", 30)):
            d[name] = np.arange(count) * 0.65e-3
            d[name].attrs["units"] = "mm"
        e["monitor"] = np.zeros((9, 9, 9))
    with new("legacy.nxs") as h:
        g = h.create_group("entry1/tomo/data")
        h["entry1/tomo/raw"] = np.zeros((3, 4, 5))
        g["data"] = v
        g["data"].attrs["signal"] = 1
        h["entry1/also"] = g["data"]
    with new("exchange.h5") as h:
        h["exchange/data"] = v
        h["exchange/other"] = np.zeros((3, 4, 5))

    # Voxels in other files.
    os.makedirs("parts", exist_ok=True)
    os.makedirs("elsewhere", exist_ok=True)
    for folder in ("parts", "elsewhere"):
        with new(f"{folder}/whole.h5") as h:
            h["deep/x"] = v
        for i in range(len(v)):
            with new(f"{folder}/slice{i}.h5") as h:
                h["d"] = v[i]
    for name, target in (("linked", "parts/whole.h5"), ("linked_elsewhere", os.path.abspath("elsewhere/whole.h5")), ("linked_nowhere", "parts/none.h5")):
        with new(name + ".h5") as h:
            h["image"] = h5py.ExternalLink(target, "/deep/x")
    for name, pattern in (("virtual", "parts/slice{}.h5"), ("virtual_elsewhere", os.path.abspath("elsewhere") + "/slice{}.h5"), ("virtual_nowhere", "parts/none{}.h5")):
        layout = h5py.VirtualLayout(v.shape, "u2")
        for i in range(len(v)):
            layout[i] = h5py.VirtualSource(pattern.format(i), "d", v[i].shape)
        with new(name + ".h5") as h:
            h.create_virtual_dataset("image", layout)
    # The source is a link, and the link leads elsewhere.
    with new("parts/link.h5") as h:
        h["d"] = h5py.ExternalLink(os.path.abspath("elsewhere/whole.h5"), "/deep/x")
    layout = h5py.VirtualLayout(v.shape, "u2")
    layout[:] = h5py.VirtualSource("parts/link.h5", "d", v.shape)
    with new("virtual_by_link.h5") as h:
        h.create_virtual_dataset("image", layout)
    v.tofile("parts/voxels.raw")
    v.tofile("elsewhere/voxels.raw")
    for name, target in (("external", "parts/voxels.raw"), ("external_elsewhere", os.path.abspath("elsewhere/voxels.raw"))):
        with new(name + ".h5") as h:
            h.create_dataset("image", shape=v.shape, dtype="u2", external=[(target, 0, v.nbytes)])


main(sys.argv[1])
