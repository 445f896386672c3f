using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Slicing;
using FsCheck;
using FsCheck.Fluent;
using static DendriteViewer.Kernels.Tests.Slicing.SlicedVolumes;

namespace DendriteViewer.Kernels.Tests.Slicing;

/// <summary>
/// Slices whose tiles fill the window of voxels they are drawn from, 128 voxels long along one axis or two: through volumes longer than
/// that along every axis, of random voxels, so that a voxel taken from a wrong place shows.
/// </summary>
public sealed class LargestTilesTests
{
    private const int Z = 150, Y = 153, X = 158;

    // Voxels of 8 and 16 bits, signed and not; of every type also a volume that lacks a third of its bricks.
    private static readonly (PagedVolume Volume, float Tolerance)[] s_volumes =
        [.. Both<byte>(256), .. Both<sbyte>(256), .. Both<ushort>(65536), .. Both<short>(65536)];

    [Fact]
    public void Render_OfPlanesTurnedBy45Degrees_AgreesWithSinglePixels() => ForAny(n =>
    {
        var (volume, tolerance) = s_volumes[Math.Abs((int)(n[0] * 1000)) % s_volumes.Length];
        var (right, down, depth, pixels) = Turned(n);
        var origin = Middle(n) - (pixels - 1) / 2f * (right + down);
        var plane = new SliceGeometry(VoxelVector.FromXyz(origin), VoxelVector.FromXyz(right), VoxelVector.FromXyz(down), depth);
        var expected = new HostSlicer(volume, plane);
        var drawn = new float[pixels * pixels];
        Assert.True(Slicer.Render(
            volume, plane, pixels, pixels, (u, v, row) => row.CopyTo(drawn.AsSpan(v * pixels + u)), lanes: Packets.Widest));
        AssertNear(drawn, pixels, expected.Pixel, tolerance);
    });

    [Fact]
    public void Render_OfCurvedSheetsTurnedBy45Degrees_AgreesWithSinglePixels() => ForAny(n =>
    {
        var (volume, tolerance) = s_volumes[Math.Abs((int)(n[0] * 1000)) % s_volumes.Length];
        var (right, down, depth, pixels) = Turned(n);
        var random = new Random((int)(n[1] * 1000));
        var field = new HeightField([.. Enumerable.Range(0, 81).Select(_ => 3 * random.NextSingle() - 1.5f)], 9, 9);
        var origin = Middle(n) - (pixels - 1) / 2f * (right + down);
        AssertCurvedNear(volume, new CurvedSliceGeometry(
            VoxelVector.FromXyz(origin), VoxelVector.FromXyz(right), VoxelVector.FromXyz(down), depth, field, (0, 0),
            (8.0 / (pixels - 1), 8.0 / (pixels - 1))), pixels, tolerance);
    });

    // A peak as high as the window on a level sheet, along every axis.
    [Fact]
    public void Render_OfSteepCurvedSheets_AgreesWithSinglePixels() => ForAny(n =>
    {
        const int Pixels = 64;
        var (volume, tolerance) = s_volumes[Math.Abs((int)(n[0] * 1000)) % s_volumes.Length];
        var axis = Math.Abs((int)(n[2] * 1000)) % 3;
        var heights = new float[81];
        heights[9 * (Math.Abs((int)(n[1] * 1000)) % 8) + Math.Abs((int)(n[7] * 1000)) % 8] = 123.5f + 1.5f * n[3];
        var (across, below, along) = (Axis(axis + 1), Axis(axis + 2), Axis(axis));
        var origin = (10 + 8 * n[4]) * along + (30 + 16 * n[5]) * across + (30 + 16 * n[6]) * below;
        AssertCurvedNear(volume, new CurvedSliceGeometry(
            VoxelVector.FromXyz(origin), VoxelVector.FromXyz(across), VoxelVector.FromXyz(0.25f * below), VoxelVector.FromXyz(along),
            new HeightField(heights, 9, 9), (0, 0), (1.0 / 8, 1.0 / 8)), Pixels, tolerance);
    });

    // Numbers from −1 to 1.
    private static void ForAny(Action<float[]> isHeld) =>
        Prop.ForAll(Gen.Choose(-1000, 1000).Select(i => i / 1000f).ArrayOf(10).ToArbitrary(), isHeld).QuickCheckThrowOnFailure();

    // A tile of 128 pixels each way or 64, turned by some 45°, so that it is 122 to 125 voxels long along one of the axes, and tilted a
    // little. With the voxels around them these are up to 128; of longer ones parts are drawn.
    private static (Vector3 Right, Vector3 Down, VoxelVector Depth, int Pixels) Turned(float[] n)
    {
        var axis = Math.Abs((int)(n[2] * 1000)) % 3;
        var pixels = n[3] > 0 ? 128 : 64;
        var pixel = (VoxelWindow.MostTile - 0.6f + 0.4f * n[4]) / pixels;
        var cos = (123.5f + 1.5f * n[5]) / (2 * (pixels - 1) * pixel);
        Vector3 along = cos * Axis(axis), across = MathF.Sqrt(1 - cos * cos) * Axis(axis + (n[6] > 0 ? 1 : 2));
        var depth = Axis(axis + (n[6] > 0 ? 2 : 1));
        var down = n[7] > 0 ? along - across : across - along;
        return (pixel * (along + across), pixel * (down + 0.02f * n[8] * depth), VoxelVector.FromXyz(depth), pixels);
    }

    private static Vector3 Middle(float[] n) => new Vector3(X, Y, Z) / 2 + 8 * new Vector3(n[9], n[1], n[4]);

    private static Vector3 Axis(int number) => (number % 3) switch { 0 => Vector3.UnitZ, 1 => Vector3.UnitY, _ => Vector3.UnitX };

    private static (PagedVolume, float)[] Both<T>(int values) where T : unmanaged, INumber<T>
    {
        var random = new Random(values);
        T Any((int, int, int) _) => T.CreateTruncating(random.Next(values));
        var whole = Of(Z, Y, X, 5, Any);

        // Samples move by their coordinates' last bits; what stands in for a voxel is rounded, to the one side or the other.
        return [(whole, values / 256f), (Without(whole, i => i % 3 == 1, Any), values / 256f + 1)];
    }

    private static void AssertCurvedNear(PagedVolume volume, CurvedSliceGeometry sheet, int pixels, float tolerance)
    {
        var drawn = new float[pixels * pixels];
        Assert.True(CurvedSlicer.Render(volume, sheet, pixels, pixels, (u, v, row) => row.CopyTo(drawn.AsSpan(v * pixels + u))));
        AssertNear(drawn, pixels, (u, v) => CurvedSlicer.Pixel(volume, sheet, u, v), tolerance);
    }

    private static void AssertNear(float[] drawn, int pixels, Func<int, int, float> expected, float tolerance)
    {
        for (var i = 0; i < drawn.Length; i++)
        {
            var e = expected(i % pixels, i / pixels);
            Assert.False(float.IsNaN(e), $"Pixel ({i % pixels}, {i / pixels}) lies outside the volume.");
            Assert.InRange(drawn[i], e - tolerance, e + tolerance);
        }
    }
}
