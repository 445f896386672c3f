using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Slicing;
using FsCheck;
using FsCheck.Fluent;
using static DendriteViewer.Kernels.Tests.Slicing.SlicedVolumes;

namespace DendriteViewer.Kernels.Tests.Slicing;

public sealed class CurvedSlicerTests
{
    private const int Width = 45, Height = 38;

    // Keeps pixels off the field's nodes: there the last bit decides for a whole column whether it lies beside a hole.
    private const double BesideNodes = 0.0006;

    // Of any orientation, scale, slab, interpolation and voxel type; bricks of 8³ lie in rows, larger ones in tiles.
    [Fact]
    public void Render_OfALevelField_IsThePlainSlice()
    {
        Prop.ForAll(Gen.Choose(-1000, 1000).Select(i => i / 500f).ArrayOf(13).ToArbitrary(), n =>
        {
            var volume = AnyVolume(n);
            var plane = AnyPlane(n) with { Interpolation = (SliceInterpolation)(Math.Abs((int)(n[5] * 500)) % 3) };
            var sheet = new CurvedSliceGeometry(
                plane.Origin, plane.Right, plane.Down, plane.Normal, HeightField.Level(0), (0.5, 0.5), default, null, 1,
                plane.SlabSamples, plane.Mode, plane.Interpolation);
            var specification = new HostSlicer(volume, plane);
            return AreNearlyEqual(Draw(volume, sheet), specification.Pixel, plane.Interpolation);
        }).QuickCheckThrowOnFailure();
    }

    // Fields with steps and holes, known in parts of rows only, at any orientation: as one pixel at a time draws them.
    [Fact]
    public void Render_OfAnyField_AgreesWithSinglePixels()
    {
        Prop.ForAll(Gen.Choose(-1000, 1000).Select(i => i / 500f).ArrayOf(13).ToArbitrary(), n =>
        {
            var random = new Random((int)(n[0] * 500));
            var volume = AnyVolume(n);
            var plane = AnyPlane(n);
            var heights = Enumerable.Range(0, 9 * 8).Select(_ => random.Next(40) == 0 ? float.NaN : n[1] + 3 * random.NextSingle() * n[2]);
            var inside = Enumerable.Range(0, Height).Select(_ => new[] { 40 * random.NextDouble() - 5, 30, 31.5, 45 * random.NextDouble() })
                .ToArray();
            Array.ForEach(inside, Array.Sort);
            var sheet = new CurvedSliceGeometry(
                plane.Origin, plane.Right, plane.Down, VoxelVector.UnitZ, new HeightField([.. heights], 9, 8),
                (n[6] + BesideNodes, n[7] + BesideNodes), (0.2, 0.15), n[8] > 0 ? inside : null, n[9], plane.SlabSamples, plane.Mode,
                n[10] > 1 ? SliceInterpolation.Nearest : SliceInterpolation.Linear);
            return AreNearlyEqual(Draw(volume, sheet), (u, v) => CurvedSlicer.Pixel(volume, sheet, u, v), sheet.Interpolation);
        }).QuickCheckThrowOnFailure();
    }

    private static readonly PagedVolume[] s_volumes =
    [
        Of(40, 37, 50, 3, _ => (ushort)Random.Shared.Next(256)), Of(47, 41, 70, 5, _ => (ushort)Random.Shared.Next(256)),
        Of(47, 41, 70, 4, _ => (sbyte)Random.Shared.Next(-128, 128)), Of(47, 41, 70, 4, _ => (float)Random.Shared.NextDouble()),
        Of(47, 41, 70, 5, _ => (byte)Random.Shared.Next(256)), Of(47, 41, 70, 4, _ => (short)Random.Shared.Next(-128, 128)),
    ];

    private static PagedVolume AnyVolume(float[] n) => s_volumes[Math.Abs((int)(n[3] * 500)) % s_volumes.Length];

    // A sample moves by its coordinates' last bits; at the volume's border, and between two voxels, these decide.
    private static bool AreNearlyEqual(float[] drawn, Func<int, int, float> expected, SliceInterpolation between)
    {
        var far = 0;
        for (var i = 0; i < drawn.Length; i++)
        {
            var e = expected(i % Width, i / Width);
            far += float.IsNaN(e) != float.IsNaN(drawn[i]) || Math.Abs(e - drawn[i]) > 0.1f ? 1 : 0;
        }

        return far <= (between == SliceInterpolation.Nearest ? 30 : 8);
    }

    // A field that rises evenly is a tilted plane; 3z − 2y + x + 500 is the same between voxels however it is sampled.
    [Fact]
    public void Render_OfAFieldThatRisesEvenly_IsTheTiltedPlane() =>
        Prop.ForAll(Gen.Choose(-1000, 1000).Select(i => i / 1000f).ArrayOf(4).ToArbitrary(), n =>
        {
            var volume = Linear(40, 41, 50, 3);
            var (riseDown, riseRight) = (0.15f * n[0], 0.15f * n[1]);

            // Nodes each 8 pixels, the first 4 pixels to the left of and above the picture.
            const int Step = 8, Rows = 7, Columns = 8;
            var heights = Enumerable.Range(0, Rows * Columns)
                .Select(i => (i / Columns * Step - 4) * riseDown + (i % Columns * Step - 4) * riseRight).ToArray();
            var origin = new VoxelVector(22 + 2 * n[2], 2.3f, 3.1f + n[3]);
            var sheet = new CurvedSliceGeometry(
                origin, VoxelVector.UnitX, VoxelVector.UnitY, VoxelVector.UnitZ, new HeightField(heights, Rows, Columns),
                (4.0 / Step, 4.0 / Step), (1.0 / Step, 1.0 / Step));
            var drawn = Draw(volume, sheet);
            for (var i = 0; i < drawn.Length; i++)
            {
                float u = i % Width, v = i / Width;
                var expected = 3 * (origin.Z + v * riseDown + u * riseRight) - 2 * (origin.Y + v) + origin.X + u + 500;
                Assert.InRange(drawn[i], expected - 0.01f, expected + 0.01f);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Render_WhereTheFieldOrTheInsideEnds_HasNoValues()
    {
        var volume = Linear(40, 41, 50, 3);
        var field = new HeightField([0, 0, 0, 0, 0, float.NaN, 0, 0, 0], 3, 3);
        var inside = Enumerable.Range(0, Height).Select(v => v < 5 ? new[] { 2.0, 10, 20, 30 } : [0.0, Width]).ToArray();

        // Nodes each 10 pixels from (0, 0); half a node further their height goes on.
        var sheet = new CurvedSliceGeometry(
            new VoxelVector(20, 1, 1), VoxelVector.UnitX, VoxelVector.UnitY, VoxelVector.UnitZ, field, (0, 0), (0.1, 0.1), inside);
        var drawn = Draw(volume, sheet);
        for (var i = 0; i < drawn.Length; i++)
        {
            var (u, v) = (i % Width, i / Width);
            var isInside = v >= 5 || u is (>= 2 and < 10) or (>= 20 and < 30);
            var isKnown = isInside && u <= 25 && v <= 25 && u < 10;
            Assert.Equal(isKnown, sheet.IsKnown(u, v));
            Assert.Equal(isKnown, !float.IsNaN(drawn[i]));
        }
    }

    [Fact]
    public void Render_OfWhatWasSuperseded_SaysSo()
    {
        var sheet = new CurvedSliceGeometry(
            new VoxelVector(20, 1, 1), VoxelVector.UnitX, VoxelVector.UnitY, VoxelVector.UnitZ, HeightField.Level(0), (0.5, 0.5), default);
        Assert.False(CurvedSlicer.Render(Linear(40, 41, 50, 3), sheet, Width, Height, (_, _, _) => { }, new CancellationToken(true)));
    }

    private static float[] Draw(PagedVolume volume, CurvedSliceGeometry sheet)
    {
        var drawn = new float[Width * Height];
        Assert.True(CurvedSlicer.Render(
            volume, sheet, Width, Height, (u, v, values) => values.CopyTo(drawn.AsSpan(v * Width + u))));
        return drawn;
    }
}
