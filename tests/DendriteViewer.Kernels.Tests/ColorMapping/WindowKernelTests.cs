using DendriteViewer.Kernels.ColorMapping;
using DendriteViewer.Kernels.Statistics;

namespace DendriteViewer.Kernels.Tests.ColorMapping;

public sealed class WindowKernelTests
{
    [Fact]
    public void ToGrey_VectorAndTail_FollowTheFormula()
    {
        var values = Enumerable.Range(0, 37).Select(i => i == 5 ? float.NaN : i * 30f - 100).ToArray();
        var target = new byte[37];
        WindowKernel.ToGrey(values, 100, 700, 7, target);
        for (var i = 0; i < values.Length; i++)
        {
            var expected = float.IsNaN(values[i]) ? 7 : (int)Math.Floor(Math.Clamp((values[i] - 100) / 600.0 * 255, 0, 255) + 0.5);
            Assert.InRange(Math.Abs(target[i] - expected), 0, 1);
        }

        Assert.Equal((0, 255, 7), (target[0], target[36], target[5]));
    }

    [Fact]
    public void ToGrey_EmptyWindow_IsAStep()
    {
        var target = new byte[2];
        WindowKernel.ToGrey([4.9f, 5.1f], 5, 5, 0, target);
        Assert.Equal([0, 255], target);
    }

    [Fact]
    public void Range_IgnoresNaNAndFindsExtremesBeyondAVector()
    {
        Assert.Equal((-4, 9), HistogramKernel.Range<float>([float.NaN, 9, -4, float.NaN]));
        var many = Enumerable.Range(0, 1000).Select(i => (ushort)((i * 7919) % 5000 + 10)).ToArray();
        Assert.Equal((many.Min(), many.Max()), HistogramKernel.Range<ushort>(many));
    }

    [Fact]
    public void Accumulate_CountsTheUpperEndIntoTheLastBin()
    {
        var bins = new long[4];
        HistogramKernel.Accumulate<float>([0, 1, 2, 3, 4, 5, float.NaN], 0, 4, bins);
        Assert.Equal([1, 1, 1, 2], bins);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Invert_OfAnyLength_IsTheComplement(int length)
    {
        var grey = Enumerable.Range(0, length).Select(i => (byte)(i * 37)).ToArray();
        var inverted = grey.ToArray();
        WindowKernel.Invert(inverted);
        Assert.Equal(grey.Select(g => (byte)(255 - g)), inverted);
    }
}
