using DendriteViewer.Kernels.Downsampling;

namespace DendriteViewer.Kernels.Tests.Downsampling;

public sealed class MeanDownsamplerTests
{
    [Fact]
    public void Halve_EightVoxels_IsTheirMeanRoundedHalfUp()
    {
        var target = new byte[1];
        MeanDownsampler.Halve<byte>([1, 2, 3, 4], [5, 6, 7, 8], 2, 2, target);
        Assert.Equal(5, target[0]);
    }

    [Fact]
    public void Halve_Signed_RoundsTowardsPlusInfinityAtHalf()
    {
        var target = new short[1];
        MeanDownsampler.Halve<short>([-1, -1, -1, -1], [-2, -2, -2, -2], 2, 2, target);
        Assert.Equal(-1, target[0]);
    }

    [Fact]
    public void Halve_OddEdges_MeanOverWhatExists()
    {
        var target = new ushort[4];
        MeanDownsampler.Halve<ushort>([1, 3, 10, 5, 7, 20, 100, 200, 65535], [], 3, 3, target);
        Assert.Equal([4, 15, 150, 65535], target);
    }

    [Fact]
    public void Halve_Float_IsNotRounded()
    {
        var target = new float[1];
        MeanDownsampler.Halve<float>([0.5f, 0.25f], [], 1, 2, target);
        Assert.Equal(0.375f, target[0]);
    }
}
