using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Phantoms;
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

    public void Dispose() => _folder.Dispose();
}
