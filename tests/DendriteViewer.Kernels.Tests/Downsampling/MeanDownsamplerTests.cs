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

    // Rows of any length, through vectors and what is left of them.
    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(127)]
    [InlineData(129)]
    [InlineData(300)]
    public void Halve_OfAnyWidth_IsItsDefinition(int width)
    {
        Check<byte>(width);
        Check<sbyte>(width);
        Check<ushort>(width);
        Check<short>(width);
        Check<float>(width);
    }

    private static void Check<T>(int width) where T : unmanaged, System.Numerics.INumber<T>
    {
        const int Height = 5;
        var random = new Random(width);
        var bytes = new byte[2 * Height * width * System.Runtime.CompilerServices.Unsafe.SizeOf<T>()];
        random.NextBytes(bytes);
        var v = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(bytes).ToArray();
        if (typeof(T) == typeof(float))
        {
            v = v.Select((_, i) => T.CreateTruncating(i * 7919 % 1000 / 8.0)).ToArray();
        }

        var target = new T[(Height + 1) / 2 * ((width + 1) / 2)];
        MeanDownsampler.Halve<T>(v.AsSpan(0, Height * width), v.AsSpan(Height * width), Height, width, target);
        for (var i = 0; i < target.Length; i++)
        {
            var (y, x) = (2 * (i / ((width + 1) / 2)), 2 * (i % ((width + 1) / 2)));
            var covered = Enumerable.Range(0, 8).Select(k => (Z: k / 4, Y: y + k / 2 % 2, X: x + k % 2)).Where(p => p.Y < Height && p.X < width)
                .Select(p => double.CreateTruncating(v[(p.Z * Height + p.Y) * width + p.X])).ToArray();
            var mean = covered.Average();
            Assert.Equal(typeof(T) == typeof(float) ? mean : Math.Floor(mean + 0.5), double.CreateTruncating(target[i]), 1e-3);
        }
    }
}
