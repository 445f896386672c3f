using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats;

/// <summary>HDF5 files that say which axis is which, in what unit, that they hold projections, and what of them was written.</summary>
public sealed class Hdf5HeaderTests(Hdf5Files files) : IClassFixture<Hdf5Files>
{
    [Theory]
    [InlineData("zyx", 1)]
    [InlineData("xyz", 1)]
    [InlineData("yxz", 1)]
    [InlineData("zxy", 1)]
    [InlineData("xzy", 1)]
    [InlineData("tzyx", 3)]
    [InlineData("zyxt", 3)]
    [InlineData("ztyx", 3)]
    [InlineData("xyzt", 3)]
    [InlineData("tzyxc", 3)]
    [InlineData("ctzyx", 3)]
    public void Axistags_InAnyOrder_AreTurned(string axes, int frames)
    {
        foreach (var kind in new[] { "tags", "chunks" })
        {
            using var file = Open($"{kind}-{axes}.h5");
            AxisVolumes.AssertIn(file, frames);
        }
    }

    [Theory]
    [InlineData("labels.h5", 1, "(DIMENSION_LABELS); they are turned")]
    [InlineData("scales.h5", 1, "(dimension scales); they are turned")]
    [InlineData("nexus.h5", 1, "(axes of /entry/data); they are turned")]
    [InlineData("indices.h5", 1, "its axes are x, y, z (axes of /entry/data)")]
    [InlineData("named.h5", 1, "the dataset is")]
    [InlineData("old-string.h5", 1, "(axes); they are turned")]
    [InlineData("old-axis.h5", 1, "(axes of /entry/data); they are turned")]
    [InlineData("axisorder.h5", 1, "(AXISORDER); they are turned")]
    [InlineData("quoted.h5", 1, "(axes); they are turned")]
    [InlineData("root-axes.h5", 1, "(axes of /); they are turned")]
    [InlineData("matlab.mat", 1, "MATLAB wrote it, whose arrays are (row, column, page)")]
    [InlineData("bare.h5", 3, "its axes have no names, so the first, of 3 elements, is taken for time")]
    [InlineData("numbered.h5", 1, "the dataset is")]
    [InlineData("unknown.h5", 1, "named alpha, beta, gamma, which says nothing of z, y and x")]
    public void Axes_NamedInOtherWays_AreTurnedAndSaid(string name, int frames, string said)
    {
        using var file = Open(name);
        AxisVolumes.AssertIn(file, frames);
        Assert.Contains(file.Remarks, r => r.Contains(said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("scales.h5")]
    [InlineData("nexus.h5")]
    [InlineData("indices.h5")]
    [InlineData("named.h5")]
    [InlineData("size-units.h5")]
    public void Units_OfEachAxis_AreEachConverted(string name)
    {
        using var file = Open(name);
        var size = file.Geometry!.Transform.VoxelSize;
        Assert.Equal((2.0, 0.25, 0.5), (Math.Round(size.Z, 9), Math.Round(size.Y, 9), Math.Round(size.X, 9)));
    }

    [Theory]
    [InlineData("falling.h5", 0.5)]
    [InlineData("edges.h5", 0.5)]
    [InlineData("size-mm.h5", 500)]
    public void Sizes_InTheirOwnWays_AreTaken(string name, double z)
    {
        using var file = Open(name);
        Assert.Equal(z, file.Geometry!.Transform.VoxelSize.Z, 9);
    }

    [Theory]
    [InlineData("uneven.h5", "the positions along its axis z are not even; so no voxel size is taken")]
    [InlineData("unit-none.h5", "the positions along its axis z are without units")]
    [InlineData("unit-unknown.h5", "are in furlong, which is no length")]
    [InlineData("too-many.h5", "the positions along its axis z are 8, but it has 5 elements")]
    [InlineData("size-zero.h5", "0.5 × 0 × 0.5 um, which is no size")]
    [InlineData("size-nan.h5", "0.5 × NaN × 0.5 um, which is no size")]
    [InlineData("size-minus.h5", "0.5 × -0.5 × 0.5 um, which is no size")]
    [InlineData("size-bare.h5", "its voxel_size (1 × 2 × 3) is without a unit")]
    public void Sizes_ThatCannotBeTaken_AreSaid(string name, string why)
    {
        using var file = Open(name);
        AxisVolumes.AssertIn(file, 1);
        Assert.Null(file.Geometry);
        Assert.Contains(file.Remarks, r => r.Contains(why, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("colours.h5", "the last, of 3 elements, looks like channels")]
    [InlineData("channels.h5", "has 3 channels along its axis 'channel'")]
    [InlineData("truecolor.h5", "has 3 channels along its axis 'channel'")]
    [InlineData("energies.h5", "along its axis 'energy'")]
    [InlineData("angles.h5", "holds 5 projections, not slices of a reconstructed scan (its axis rotation_angle counts angles)")]
    [InlineData("too-large.h5", "in an order in which it would have to be read 5 times; write it in the order z, y, x")]
    [InlineData("absent-all.h5", "nothing of its dataset /data was ever written")]
    [InlineData("absent-contiguous.h5", "nothing of its dataset /data was ever written")]
    [InlineData("virtual-short.h5", "takes 315 voxels from d of")]
    [InlineData("exchange-raw.h5",
        "/exchange/data holds 5 projections, not slices of a reconstructed scan (as many angles are in /exchange/theta)")]
    [InlineData("exchange-only-flats.h5", "(/exchange/data_white beside it holds flats or darks)")]
    [InlineData("many-recons.h5",
        "holds projections (/exchange/data) and several other datasets: /process/recon_a (5 × 7 × 9), /process/recon_b")]
    [InlineData("nxtomo.nxs", "holds 5 projections")]
    [InlineData("flats-beside.h5", "/scan/images holds 5 projections")]
    [InlineData("named-projections.h5", "(its name says so)")]
    [InlineData("listed-angles.h5", "(as many angles are in its attribute theta)")]
    [InlineData("nxtomo-flats.nxs", "holds 5 projections")]
    [InlineData("filter-unknown.h5", "packed by filter 300 (HDF5 filter 300), whose plugin is not installed")]
    public void Datasets_ThatAreNoScan_AreRefusedWithOneSentence(string name, string why)
    {
        var e = Assert.Throws<VolumeFormatException>(() => Open(name));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.StartsWith(files[name], e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exchange-both.h5", "/exchange/recon", "a reconstruction; /exchange/data holds projections")]
    [InlineData("nxtomo-processed.nxs", "/processed/data/data", "a reconstruction; /entry/data/data holds projections")]
    [InlineData("other-volume.h5", "/result/values", "the only one of three axes that holds no projections as /entry/raw does")]
    [InlineData("same-count.h5", "/entry/reconstruction/data", "the only one of three axes")]
    public void Reconstruction_BesideProjections_IsPreferred(string name, string dataset, string because)
    {
        using var file = Open(name);
        Assert.Equal(AxisVolumes.Shape, file.Shape);
        Assert.Equal($"the dataset is {dataset}, {because}", file.Remarks[0]);
    }

    [Fact]
    public void Projections_AskedFor_AreReadWithARemark()
    {
        using var file = Open("exchange-raw.h5", "/exchange/data");
        AxisVolumes.AssertIn(file, 1);
        Assert.Contains(file.Remarks, r => r.Contains("holds projections", StringComparison.Ordinal));
    }

    [Fact]
    public void Projections_ByTheirAxis_AskedFor_AreRead()
    {
        using var file = Open("angles.h5", "/data");
        AxisVolumes.AssertIn(file, 1);
    }

    [Fact]
    public void Size_OfThreeBesideTurnedAxes_IsTakenForZyxAndThatIsSaid()
    {
        using var file = Open("size-turned.h5");
        AxisVolumes.AssertIn(file, 1);
        Assert.Equal(2, file.Geometry!.Transform.VoxelSize.Z);
        Assert.Contains(file.Remarks, r =>
            r.Contains("is taken for z, y, x, though its axes stand in another order", StringComparison.Ordinal));
    }

    [Fact]
    public void Projections_WithAnImageKey_AreReadWithoutFlatsAndDarks()
    {
        using var file = Open("nxtomo.nxs", "/entry/data/data");
        Assert.Equal(2, file.Shape.Z);
        Assert.Equal(AxisVolumes.Array("zyx")[(2 * 126)..(4 * 126)], VolumeFileTests.Read(file, 0));
        Assert.Contains(file.Remarks, r => r.Contains("3 of its 5 pictures are flats, darks or unusable", StringComparison.Ordinal));
        Assert.Contains("only flats and darks", Assert.Throws<VolumeFormatException>(() => Open("nxtomo-flats.nxs", "/entry/data/data"))
            .Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("absent-some.h5", "3 of the 5 chunks of /data were never written")]
    [InlineData("virtual-gap.h5", "63 of its 315 voxels have no source in any file")]
    public void Voxels_ThatWereNeverWritten_AreSaid(string name, string said)
    {
        using var file = Open(name);
        Assert.Equal(AxisVolumes.Shape, file.Shape);
        Assert.Contains(file.Remarks, r => r.Contains(said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("zstd.h5", "HDF5, zstd")]
    [InlineData("shuffle-zstd.h5", "HDF5, shuffle, zstd")]
    [InlineData("bitshuffle.h5", "HDF5, bitshuffle")]
    [InlineData("bitshuffle-zstd.h5", "HDF5, bitshuffle")]
    [InlineData("bitshuffle-zstd-blocks.h5", "HDF5, bitshuffle")]
    public void Filters_ThatAreUnpackedHere_GiveTheVoxels(string name, string format)
    {
        using var file = Open(name);
        Assert.Equal(format, file.Format);
        AxisVolumes.AssertIn(file, 1);
    }

    [Fact]
    public void Bitshuffle_OfFloats_GivesTheVoxels()
    {
        using var file = Open("bitshuffle-zstd-f4.h5");
        var expected = MemoryMarshal.Cast<byte, ushort>(AxisVolumes.Array("zyx")).ToArray().Select(v => (float)v);
        Assert.Equal(expected, MemoryMarshal.Cast<byte, float>(VolumeFileTests.Read(file, 0)).ToArray());
    }

    [Fact]
    public void Zstd_WithAnAbsentChunk_GivesTheFillValueAndSaysSo()
    {
        using var file = Open("zstd-absent.h5");
        var voxels = MemoryMarshal.Cast<byte, ushort>(VolumeFileTests.Read(file, 0)).ToArray();
        Assert.Equal((7, 7, 4), (voxels[0], voxels[63 + 2 * 9 + 3], voxels[4]));
        Assert.Contains(file.Remarks, r => r.Contains("1 of the 27 chunks of /data were never written", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("zstd-damaged.h5")]
    [InlineData("zstd-huge.h5")]
    public void Zstd_ThatIsDamagedOrUnpacksToTooMuch_IsRefused(string name)
    {
        using var file = Open(name);
        Assert.Contains("is damaged in slices", Assert.Throws<VolumeFormatException>(() => VolumeFileTests.Read(file, 0))
            .Message, StringComparison.Ordinal);
    }

    private VolumeFile Open(string name, string? inside = null) => VolumeFiles.Open(files[name], new VolumeManifest { Inside = inside });
}
