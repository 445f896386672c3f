using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Sampling;
using Xunit.Abstractions;
using static DendriteViewer.Kernels.Tests.Raycasting.Scenes;

namespace DendriteViewer.Kernels.Tests.Raycasting.BytePackets;

/// <summary>
/// Pictures in motion beside the picture at rest: that following it is no visible step, and that turning slowly does not shimmer.
/// </summary>
public sealed class MovingPictureTests(ITestOutputHelper output)
{
    private const int N = 96, Pixels = 150;

    // A block with sharp faces along the axes, and in it balls of another value: what a material looks like in a scan.
    private static readonly PagedVolume s_volume = PagedVolume.FromDense<byte>(Enumerable.Range(0, N * N * N).Select(i =>
    {
        int x = i % N, y = i / N % N, z = i / N / N;
        var isInside = x is > 12 and < 80 && y is > 9 and < 85 && z is > 14 and < 83;
        var toBall = Vector3.Distance(new Vector3(x % 24, y % 24, z % 24), new Vector3(12));
        return (byte)(!isInside ? 20 : Math.Clamp(70 + 22 * (8 - toBall), 90, 220));
    }).ToArray(), N, N, N);

    // Value, opacity.
    private static readonly (float, float)[] s_translucent = [(0, 0), (40, 0), (255, 0.05f)];
    private static readonly (float, float)[] s_opaque = [(0, 0), (120, 0), (160, 0.6f), (255, 0.6f)];
    private static readonly (float, float)[] s_band = [(0, 0), (30, 0), (45, 0.6f), (70, 0.6f), (85, 0), (255, 0)];

    private static RaycastSettings Look((float, float)[] points, bool shaded, float step)
    {
        var alpha = new float[TransferTable.Size];
        var colors = new int[TransferTable.Size];
        for (var i = 0; i < alpha.Length; i++)
        {
            var v = (i + 0.5f) * 256 / alpha.Length;
            var k = Array.FindIndex(points, p => p.Item1 > v);
            var (a, b) = k < 0 ? (points[^1], points[^1]) : (points[k - 1], points[k]);
            alpha[i] = k < 0 ? b.Item2 : a.Item2 + (v - a.Item1) / (b.Item1 - a.Item1) * (b.Item2 - a.Item2);
            colors[i] = (int)(255 - v / 2) << 16 | (int)v << 8 | (int)(64 + v / 2);
        }

        var table = new TransferTable(0, 256, alpha, colors, step);
        var light = VoxelVector.FromXyz(Vector3.Normalize(new Vector3(0.3f, -0.5f, -0.8f)));
        return new RaycastSettings
        {
            Transfer = table, Empty = EmptySpace.Of(s_volume, table.IsVisible), Shaded = shaded, Step = step, HeadLight = light,
                KeyLight = light,
        };
    }

    private static uint[] Moving((float, float)[] points, bool shaded, double degrees) =>
        Draw(Look(points, shaded, 1) with { InMotion = true }, degrees);

    private static uint[] AtRest((float, float)[] points, bool shaded, double degrees) =>
        Draw(Look(points, shaded, 0.5f) with { Integrated = true, Smooth = true, SamplePlane = new Vector4(0.1f, 0.2f, 1, 0) }, degrees);

    private static uint[] Draw(RaycastSettings settings, double degrees)
    {
        var target = new uint[Pixels * Pixels];
        Assert.True(Raycaster.Render(s_volume, settings, Orbit(degrees, Pixels, Pixels, new Vector3(N / 2f), 240), Pixels, Pixels, 1,
            target));
        return target;
    }

    private static double Mean(uint[] a, uint[] b) => a.Zip(b).Average(p => Difference(p.First, p.Second));

    public static TheoryData<string, bool> Looks() => new()
    {
        { "translucent", false }, { "translucent", true }, { "opaque", false }, { "opaque", true }, { "band", false }, { "band", true },
    };

    private static (float, float)[] Of(string look) => look switch { "translucent" => s_translucent, "opaque" => s_opaque, _ => s_band };

    [BytePacketTheory]
    [MemberData(nameof(Looks))]
    public void MovingPicture_BesideThePictureAtRest_DiffersByLessThanFourLevels(string look, bool shaded)
    {
        for (var degrees = 0; degrees < 180; degrees += 20)
        {
            double moving = Mean(Moving(Of(look), shaded, degrees), AtRest(Of(look), shaded, degrees));
            double today = Mean(Draw(Look(Of(look), shaded, 1), degrees), AtRest(Of(look), shaded, degrees));
            output.WriteLine(
                $"{look}, shaded {shaded}, {degrees}°: {moving:0.00} of 255 from the picture at rest; without byte packets {today:0.00}");

            // A band on a sharp face that is looked at straight on is the hardest case; without byte packets most of it is missing.
            Assert.InRange(moving, 0, Math.Max(4, today / 2));
        }
    }

    // What changes from frame to frame beyond what turning changes would be seen as shimmer.
    [BytePacketTheory]
    [MemberData(nameof(Looks))]
    public void MovingPicture_TurnedByQuarterDegrees_ChangesNoMoreThanTheExactPicture(string look, bool shaded)
    {
        uint[]? before = null, exactBefore = null;
        var (moving, exact) = (new List<double>(), new List<double>());
        for (var i = 0; i <= 60; i++)
        {
            uint[] now = Moving(Of(look), shaded, 20 + 0.25 * i), exactNow = AtRest(Of(look), shaded, 20 + 0.25 * i);
            if (before is not null)
            {
                moving.Add(Mean(now, before));
                exact.Add(Mean(exactNow, exactBefore!));
            }

            (before, exactBefore) = (now, exactNow);
        }

        output.WriteLine(
            $"{look}, shaded {shaded}, from frame to frame: mean {moving.Average():0.00}, most {moving.Max():0.00}; "
            + $"exact {exact.Average():0.00}, {exact.Max():0.00}");
        Assert.InRange(moving.Average(), 0, 1.25 * exact.Average() + 0.1);
        Assert.InRange(moving.Max(), 0, 1.4 * exact.Max() + 0.2);
    }

    // Tiles are 64 pixels wide; a border would show as a step in what differs from the exact picture.
    [BytePacketTheory]
    [MemberData(nameof(Looks))]
    public void MovingPicture_AcrossABorderOfTiles_HasNoStep(string look, bool shaded)
    {
        var (border, elsewhere) = (new List<double>(), new List<double>());
        for (var degrees = 0; degrees < 90; degrees += 15)
        {
            uint[] moving = Moving(Of(look), shaded, degrees), exact = AtRest(Of(look), shaded, degrees);
            var error = moving.Zip(exact).Select(p => (p.First >> 8 & 255) - (double)(p.Second >> 8 & 255)).ToArray();
            for (var u = 1; u < Pixels; u++)
            {
                var step = Enumerable.Range(0, Pixels).Average(v => Math.Abs(error[v * Pixels + u] - error[v * Pixels + u - 1]));
                (u % 64 == 0 ? border : elsewhere).Add(step);
            }
        }

        output.WriteLine(
            $"{look}, shaded {shaded}: steps of the error at borders {border.Average():0.00}, elsewhere {elsewhere.Average():0.00}");
        Assert.InRange(border.Average(), 0, 1.4 * elsewhere.Average() + 0.1);
    }
}
