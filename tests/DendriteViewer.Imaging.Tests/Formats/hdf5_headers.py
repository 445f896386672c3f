"""Writes HDF5 files whose headers say what their axes are, in what unit, and what was written: python3 hdf5_headers.py FOLDER

Every file holds the volume of 5 x 7 x 9 voxels that AxisVolumes gives, 1000 z + 100 y + x + 10000 t, unless its name says otherwise.
"""
import ctypes
import json
import os
import sys

# Filters are written here with the values that files have; a plugin would put its own before them.
os.environ["HDF5_PLUGIN_PATH"] = os.devnull

import h5py  # noqa: E402
import numpy as np  # noqa: E402

LENGTHS = {"z": 5, "y": 7, "x": 9, "t": 3, "c": 1}
STEPS = {"z": 1000, "y": 100, "x": 1, "t": 10000, "c": 0}


def volume(axes="zyx"):
    grid = np.indices([LENGTHS[a] for a in axes])
    return sum(STEPS[a] * g for a, g in zip(axes, grid)).astype("u2")


def main(folder):
    os.chdir(folder)

    def new(name, **options):
        return h5py.File(name, "w", **options)

    def tags(keys):
        return json.dumps({"axes": [{"key": k, "typeFlags": 2, "resolution": 0, "description": ""} for k in keys]})

    # Axes by vigra's tags, contiguous and in chunks.
    for axes in ("zyx", "xyz", "yxz", "zxy", "xzy", "tzyx", "zyxt", "ztyx", "xyzt", "tzyxc", "ctzyx"):
        with new(f"tags-{axes}.h5") as h:
            h["data"] = volume(axes)
            h["data"].attrs["axistags"] = tags(axes)
        with new(f"chunks-{axes}.h5") as h:
            chunks = tuple(min(LENGTHS[a], {"z": 2, "y": 3, "x": 4}.get(a, 2)) for a in axes)
            d = h.create_dataset("data", data=volume(axes), chunks=chunks, compression="gzip")
            d.attrs["axistags"] = tags(axes)

    # The other ways to name them.
    with new("labels.h5") as h:
        h["data"] = volume("xyz")
        for i, name in enumerate(("x", "y", "z")):
            h["data"].dims[i].label = name
    with new("scales.h5") as h:
        h["data"] = volume("xyz")
        for i, (name, n, step, unit) in enumerate((("x", 9, 500, "nm"), ("y", 7, 0.25, "um"), ("z", 5, 0.002, "mm"))):
            h[name] = np.arange(n) * step
            h[name].attrs["units"] = unit
            h[name].make_scale(name)
            h["data"].dims[i].attach_scale(h[name])
    for name, axes, listed, indices in (
        ("nexus", "xyz", ["x", "y", "z"], {}),
        ("indices", "xyz", ["z", "y", "x"], {"z": 2, "y": 1, "x": 0}),
        ("named", "zyx", ["tomo_z", "y_pixel", "Position X"], {})):
        with new(name + ".h5") as h:
            g = h.create_group("entry/data")
            h.attrs["default"], h["entry"].attrs["default"] = "entry", "data"
            g.attrs["signal"], g.attrs["axes"] = "data", listed
            g["data"] = volume(axes)
            for a in listed:
                letter = next(c for c in "zyx" if c in a.lower().replace("position", "").replace("pixel", ""))
                step, unit = {"x": (500, "nm"), "y": (0.25, "um"), "z": (0.002, "mm")}[letter]
                g[a] = 7 + np.arange(LENGTHS[letter]) * step
                g[a].attrs["units"] = unit
            for a, i in indices.items():
                g.attrs[a + "_indices"] = i
    with new("old-string.h5") as h:
        h["entry/data/data"] = volume("xyz")
        h["entry/data/data"].attrs["axes"] = "x:y:z"
    with new("old-axis.h5") as h:
        g = h.create_group("entry/data")
        g["data"] = volume("xyz")
        g["data"].attrs["signal"] = 1
        for i, (name, n) in enumerate((("x", 9), ("y", 7), ("z", 5))):
            g[name] = np.arange(n) * 0.5
            g[name].attrs["units"], g[name].attrs["axis"] = "um", i + 1
    with new("axisorder.h5") as h:
        h["data"] = volume("xyz")
        h["data"].attrs["AXISORDER"] = "xyz"
    with new("too-large.h5") as h:
        # Never written, so it takes no room on the disk.
        plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plan.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        plan.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        h5py.h5d.create(h.id, b"data", h5py.h5t.STD_U8LE, h5py.h5s.create_simple((2000, 1000, 1200)), plan)
        h["data"].attrs["axistags"] = tags("xyz")
    with new("quoted.h5") as h:
        h["data"] = volume("xyz")
        h["data"].attrs["axes"] = '["x", "y", "z"]'
    with new("root-axes.h5") as h:
        h["data"] = volume("xyz")
        h.attrs["axes"] = "xyz"
    with new("matlab.mat", userblock_size=512) as h:
        h["scan"] = volume("zxy")
        h["scan"].attrs["MATLAB_class"] = np.bytes_("uint16")
    with new("bare.h5") as h:
        h["data"] = volume("tzyx")
    with new("numbered.h5") as h:
        h["data"] = volume()
        for i in range(3):
            h["data"].dims[i].label = f"phony_dim_{i}"
    with new("unknown.h5") as h:
        h["data"] = volume()
        for i, name in enumerate(("alpha", "beta", "gamma")):
            h["data"].dims[i].label = name

    # What is no axis of a scan.
    colours = np.stack([volume()] * 3, -1)
    for name, axes in (("colours", None), ("channels", ("z", "y", "x", "channel")), ("energies", ("energy", "z", "y", "x"))):
        with new(name + ".h5") as h:
            h["data"] = colours if axes is None or axes[0] == "z" else np.moveaxis(colours, -1, 0)
            for i, label in enumerate(axes or ()):
                h["data"].dims[i].label = label
    with new("angles.h5") as h:
        h["data"] = volume()
        for i, label in enumerate(("rotation_angle", "y", "x")):
            h["data"].dims[i].label = label
    with new("truecolor.h5") as h:
        h["data"] = colours[0]
        for name, value in (("CLASS", "IMAGE"), ("IMAGE_SUBCLASS", "IMAGE_TRUECOLOR"), ("INTERLACE_MODE", "INTERLACE_PIXEL")):
            h["data"].attrs[name] = np.bytes_(value)

    # Sizes.
    def sized(name, unit="um", change=lambda p: p, count=5):
        with new(name + ".h5") as h:
            g = h.create_group("entry/data")
            g.attrs["signal"], g.attrs["axes"] = "data", ["z", "y", "x"]
            g["data"] = volume()
            for a, n in (("z", count), ("y", 7), ("x", 9)):
                g[a] = change(np.arange(n) * 0.5) if a == "z" else np.arange(n) * 0.5
                if unit or a != "z":
                    g[a].attrs["units"] = unit if a == "z" else "um"
    sized("uneven", change=lambda p: p**2)
    sized("falling", change=lambda p: -p)
    sized("unit-unknown", "furlong")
    sized("unit-none", None)
    sized("too-many", count=8)
    sized("edges", count=6)
    for name, attributes in (
        ("size-zero", {"element_size_um": [0.5, 0.0, 0.5]}),
        ("size-nan", {"element_size_um": [0.5, np.nan, 0.5]}),
        ("size-minus", {"element_size_um": [0.5, -0.5, 0.5]}),
        ("size-bare", {"voxel_size": [1.0, 2.0, 3.0]}),
        ("size-units", {"voxel_size": [0.002, 0.25, 500.0], "voxel_size_units": ["mm", "um", "nm"]}),
        ("size-mm", {"voxel_size_mm": 0.5})):
        with new(name + ".h5") as h:
            h["data"] = volume()
            for key, value in attributes.items():
                h["data"].attrs[key] = value

    with new("size-turned.h5") as h:
        h["data"] = volume("xyz")
        h["data"].attrs["axistags"], h["data"].attrs["element_size_um"] = tags("xyz"), [2.0, 0.25, 0.5]

    # Projections: where angles, flats and darks are kept.
    raw, angles = volume(), np.linspace(0, 180, 5)
    flats = np.full((2, 7, 9), 4000, "u2")
    with new("exchange-raw.h5") as h:
        h["exchange/data"], h["exchange/data_white"], h["exchange/data_dark"], h["exchange/theta"] = raw, flats, flats, angles
    with new("exchange-only-flats.h5") as h:
        h["exchange/data"], h["exchange/data_white"] = raw, flats
    with new("exchange-both.h5") as h:
        h["exchange/data"], h["exchange/theta"], h["exchange/recon"] = raw, angles, volume("zyx").astype("f4")
    with new("many-recons.h5") as h:
        h["exchange/data"], h["exchange/theta"], h["process/recon_a"], h["process/recon_b"] = raw, angles, raw, raw
    with new("other-volume.h5") as h:
        h["entry/raw"], h["entry/theta"], h["result/values"] = raw, angles, volume("tzyx")[1]
    with new("nxtomo.nxs") as h:
        h.attrs["default"] = "entry"
        h["entry/definition"] = "NXtomo"
        h["entry"].attrs["default"] = "data"
        h["entry/instrument/detector/data"] = raw
        h["entry/instrument/detector/image_key"] = np.array([2, 1, 0, 0, 3])
        h["entry/sample/rotation_angle"] = angles
        g = h.create_group("entry/data")
        g.attrs["signal"] = "data"
        g["data"] = h["entry/instrument/detector/data"]
    with new("nxtomo-flats.nxs") as h:
        h["entry/data/data"], h["entry/data/image_key"] = raw, np.array([1, 1, 2, 2, 2])
    with new("nxtomo-processed.nxs") as h:
        h["entry/definition"] = "NXtomo"
        h["entry/data/data"], h["entry/sample/rotation_angle"] = raw, angles
        h["processed/definition"] = "NXtomoproc"
        h["processed/data/data"] = volume()
    with new("same-count.h5") as h:
        # As many slices as angles.
        h["entry/sample/rotation_angle"], h["entry/reconstruction/data"] = angles, volume()
    with new("flats-beside.h5") as h:
        h["scan/images"], h["scan/flats"], h["scan/darks"] = raw, flats, flats
    with new("listed-angles.h5") as h:
        h["data"] = raw
        h["data"].attrs["theta"] = angles
    with new("named-projections.h5") as h:
        h["projections"] = raw

    # What was never written.
    with new("absent-some.h5") as h:
        d = h.create_dataset("data", (5, 7, 9), "u2", chunks=(1, 7, 9), maxshape=(None, 7, 9))
        d[:2] = volume()[:2]
    with new("absent-all.h5") as h:
        h.create_dataset("data", (5, 7, 9), "u2", chunks=(1, 7, 9))
    with new("absent-contiguous.h5") as h:
        h.create_dataset("data", (5, 7, 9), "u2")
    for i in range(5):
        with new(f"part{i}.h5") as h:
            h["d"] = volume()[i]
    layout = h5py.VirtualLayout((5, 7, 9), "u2")
    for i in range(4):
        layout[i] = h5py.VirtualSource(f"part{i}.h5", "d", (7, 9))
    with new("virtual-gap.h5") as h:
        h.create_virtual_dataset("data", layout)
    layout = h5py.VirtualLayout((5, 7, 9), "u2")
    layout[:] = h5py.VirtualSource("short.h5", "d", (5, 7, 9))
    with new("short.h5") as h:
        h["d"] = volume()[:3]
    with new("virtual-short.h5") as h:
        h.create_virtual_dataset("data", layout)

    # Filters that h5py does not apply: chunks are packed here.
    zstd = ctypes.CDLL("libzstd.so.1")
    zstd.ZSTD_compress.restype = ctypes.c_size_t

    def packed(data):
        target = ctypes.create_string_buffer(len(data) + 1000)
        n = zstd.ZSTD_compress(target, ctypes.c_size_t(len(target)), data, ctypes.c_size_t(len(data)), 3)
        return target.raw[:n]

    def shuffled(data, size):
        return np.frombuffer(data, "u1").reshape(-1, size).T.tobytes()

    def bit_shuffled(block, size):
        bits = np.unpackbits(np.frombuffer(block, "u1").reshape(-1, size, 1), axis=2, bitorder="little")
        return np.packbits(bits.transpose(1, 2, 0), axis=2, bitorder="little").tobytes()

    def bitshuffle(data, size, block, pack):
        out, count, at = [], len(data) // size, 0
        if pack:
            out.append(len(data).to_bytes(8, "big") + (block * size).to_bytes(4, "big"))
        while count - at >= 8:
            n = min(block, (count - at) // 8 * 8)
            part = bit_shuffled(data[at * size:(at + n) * size], size)
            part = pack(part) if pack else part
            out.append((len(part).to_bytes(4, "big") if pack else b"") + part)
            at += n
        return b"".join(out) + data[at * size:]

    def chunked(name, filters, pack, skip=(), plain=(), dtype="u2", a=None):
        a = volume() if a is None else a
        chunk = (2, 3, 4)
        with new(name) as h:
            plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            plan.set_chunk(chunk)
            plan.set_fill_value(np.array(7, dtype))
            for number, values in filters:
                plan.set_filter(number, h5py.h5z.FLAG_OPTIONAL, values)
            d = h5py.h5d.create(h.id, b"data", h5py.h5t.py_create(np.dtype(dtype)), h5py.h5s.create_simple(a.shape), plan)
            for index in np.ndindex(*(-(-n // c) for n, c in zip(a.shape, chunk))):
                if index in skip:
                    continue
                at = tuple(i * c for i, c in zip(index, chunk))
                part = np.zeros(chunk, dtype)
                inside = a[tuple(slice(o, o + c) for o, c in zip(at, chunk))]
                part[tuple(slice(0, n) for n in inside.shape)] = inside
                data = part.tobytes()
                d.write_direct_chunk(at, data if index in plain else pack(data), (1 << len(filters)) - 1 if index in plain else 0)

    chunked("zstd.h5", [(32015, (3,))], packed, plain=[(1, 1, 1)])
    chunked("shuffle-zstd.h5", [(2, (2,)), (32015, (3,))], lambda d: packed(shuffled(d, 2)))
    chunked("zstd-absent.h5", [(32015, (3,))], packed, skip=[(0, 0, 0)])
    chunked("zstd-damaged.h5", [(32015, (3,))], lambda d: packed(d)[:-3] + b"abc")
    chunked("zstd-huge.h5", [(32015, (3,))], lambda d: packed(bytes(1 << 24)))
    for name, dtype, block, code, pack in (
        ("bitshuffle.h5", "u2", 0, 0, None),
        ("bitshuffle-zstd.h5", "u2", 0, 3, packed),
        ("bitshuffle-zstd-blocks.h5", "u2", 8, 3, packed),
        ("bitshuffle-zstd-f4.h5", "f4", 0, 3, packed)):
        size = np.dtype(dtype).itemsize
        usual = max(128, 8192 // size // 8 * 8)
        chunked(name, [(32008, (0, 3, size, block, code))], lambda d: bitshuffle(d, size, block or usual, pack), dtype=dtype)
    with new("filter-unknown.h5") as h:
        plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plan.set_chunk((5, 7, 9))
        plan.set_filter(300, h5py.h5z.FLAG_OPTIONAL, ())
        d = h5py.h5d.create(h.id, b"data", h5py.h5t.STD_U16LE, h5py.h5s.create_simple((5, 7, 9)), plan)
        d.write_direct_chunk((0, 0, 0), volume().tobytes())


main(sys.argv[1])
