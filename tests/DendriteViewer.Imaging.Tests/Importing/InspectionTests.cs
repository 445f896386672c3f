using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Tests.Importing;

public sealed class InspectionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Phantom_IsWhatItIs()
    {
        new PhantomWriter(new PhantomOptions { Size = 64, VoxelUm = 0.5, Hours = [0] }).Write(_folder["phantom"], null, default);
        var found = Inspection.Of(_folder["phantom/projection/t0.0"], new VolumeManifest(), TimeProvider.System, null, default);
        Assert.Equal(("TIFF slices", 1, new VolumeShape(64, 64, 64), SampleType.UInt16, VoxelType.UInt16), (found.Format, found.Frames, found.Shape, found.Samples, found.Type));
        Assert.Equal(0.5, found.Geometry!.Transform.VoxelSize.Least, 4);
        Assert.InRange(found.StoredBytes, 2 * 64 * 64 * 64 / 4, 2 * 64 * 64 * 64 * 8 / 7 + 1000);
        Assert.InRange(found.Histogram.Threshold, 10000, 31000);
        Assert.Equal(3 * 64 * 64, found.Histogram.Bins.Sum());
        using var slice = found.MiddleSlice();
        Assert.Equal((64, 64), (slice.Width, slice.Height));
        Assert.True(slice.Pixels.Span.ToArray().Distinct().Count() > 20);
    }

    // One value, a single slice, a volume for each of many times.
    [Fact]
    public void OddFiles_AreInspectedToo()
    {
        File.WriteAllBytes(_folder["v.raw"], new byte[5 * 6 * 7]);
        var found = Inspection.Of(_folder["v.raw"], new VolumeManifest { Shape = [1, 6, 7], Dtype = "u1" }, TimeProvider.System, null, default);
        Assert.Equal((5, 1), (found.Frames, found.Shape.Z));
        using var slice = found.MiddleSlice();
        Assert.All(slice.Pixels.Span.ToArray(), p => Assert.Equal(0, p));
    }

    // The range is that of the values: a constant 7 is not 7 to 8.
    [Theory]
    [InlineData(1, "one")]
    [InlineData(2, "two")]
    [InlineData(5, "three")]
    public void SingleValue_HasARangeOfThatValue(int slices, string read)
    {
        File.WriteAllBytes(_folder["v.raw"], [.. Enumerable.Repeat((byte)7, slices * 6 * 7)]);
        var shape = new VolumeManifest { Shape = [slices, 6, 7], Dtype = "u1" };
        var found = Inspection.Of(_folder["v.raw"], shape, TimeProvider.System, null, default);
        Assert.Equal((7, 7, 7), (found.Histogram.Least, found.Histogram.Most, found.Histogram.Threshold));
        Assert.Equal(Array.IndexOf(["", "one", "two", "three"], read), found.SlicesRead);
        Assert.Equal(found.SlicesRead * 42, found.Histogram.Bins.Sum());
        using var slice = found.MiddleSlice();
    }

    [Fact]
    public void ValuesThatAreNoNumbers_AreCounted()
    {
        float Value(int i) => i % 10 == 3 ? float.NaN : i % 10 == 4 ? float.PositiveInfinity : i;
        var values = Enumerable.Range(0, 5 * 6 * 7).Select(Value).ToArray();
        File.WriteAllBytes(_folder["v.raw"], System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        var shape = new VolumeManifest { Shape = [5, 6, 7], Dtype = "f4" };
        var found = Inspection.Of(_folder["v.raw"], shape, TimeProvider.System, null, default);
        Assert.Equal(26, found.NotFinite);
        Assert.Contains(found.Remarks, r => r.StartsWith("26 of the 126 voxels", StringComparison.Ordinal));
        Assert.Equal((42, 167), (found.Histogram.Least, found.Histogram.Most));
    }

    public void Dispose() => _folder.Dispose();
}
