using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Raycasting.BytePackets;
using DendriteViewer.Kernels.Sampling;
using FsCheck;
using FsCheck.Fluent;
using static DendriteViewer.Kernels.Tests.Raycasting.Scenes;

namespace DendriteViewer.Kernels.Tests.Raycasting.BytePackets;

/// <summary>Byte packets against their specification, and both against finer sampling. Processors without VBMI have none to test.</summary>
public sealed class ByteRaycasterTests
{
    private const int Pixels = 72;

    // A faint table: every sample counts, and none is steep.
    private static RaycastSettings Faint(PagedVolume volume, RayMode mode, bool shaded)
    {
        var s = Settings(volume, mode, shaded);
        var alpha = Enumerable.Range(0, TransferTable.Size).Select(i => i < 160 ? 0 : 0.05f * (i - 160) / TransferTable.Size).ToArray();
        var colors = Enumerable.Range(0, TransferTable.Size).Select(i => (i >> 3) | ((255 - (i >> 3)) << 8) | 0x400000).ToArray();
        var table = new TransferTable(s.Transfer.Low, s.Transfer.Low + TransferTable.Size / s.Transfer.Scale, alpha, colors, 1);
        return s with { Transfer = table, Empty = EmptySpace.Of(volume, table.IsVisible), InMotion = true };
    }

    [VbmiTheory]
    [InlineData(RayMode.Composite, false)]
    [InlineData(RayMode.Composite, true)]
    [InlineData(RayMode.Maximum, false)]
    [InlineData(RayMode.Minimum, false)]
    [InlineData(RayMode.Mean, false)]
    public void Render_FromEverySide_AgreesWithTheSpecification(RayMode mode, bool shaded)
    {
        var volume = PagedVolume.FromDense<byte>(Waves(70, 90, 80).Select(v => (byte)(v >> 8)).ToArray(), 70, 90, 80);
        var settings = Faint(volume, mode, shaded);
        for (var degrees = 0; degrees < 360; degrees += 45)
        {
            Agree(volume, settings, Orbit(degrees, Pixels, Pixels, new Vector3(40, 45, 35), 160), shaded ? 2 : 1);
            Agree(volume, settings, Turned(Orbit(degrees, Pixels, Pixels, new Vector3(40, 45, 35), 160), 1.3f), shaded ? 2 : 1);
        }
    }

    // The same rays in pixels that are turned in the picture.
    private static RayGeometry Turned(RayGeometry g, float by)
    {
        Vector3 right = g.DirectionRight, down = g.DirectionDown, middle = (Vector3)g.Direction + (Pixels - 1) / 2f * (right + down);
        var (r, d) = (MathF.Cos(by) * right + MathF.Sin(by) * down, MathF.Cos(by) * down - MathF.Sin(by) * right);
        return g with
        {
            Direction = VoxelVector.FromXyz(middle - (Pixels - 1) / 2f * (r + d)), DirectionRight = VoxelVector.FromXyz(r), DirectionDown = VoxelVector.FromXyz(d),
        };
    }

    private static void Agree(PagedVolume volume, RaycastSettings settings, RayGeometry rays, int tolerance)
    {
        uint[] packets = new uint[Pixels * Pixels], specified = new uint[Pixels * Pixels];
        var job = new RayJob(volume, settings, rays, 1, Pixels, Pixels, packets);
        Assert.True(ByteRaycaster.Covers(job, out var transfer));
        Assert.True(ByteRaycaster.Render(job, transfer!, CancellationToken.None));
        ByteRaySpecification.Render(job with { Target = specified }, transfer!, ByteRaycaster.Tile);
        var differences = packets.Zip(specified).Select(p => Difference(p.First, p.Second)).ToArray();
        Assert.True(
            differences.Count(d => d > tolerance) <= packets.Length / 150,
            $"{differences.Count(d => d > tolerance)} pixels differ by more than {tolerance}, the most by {differences.Max()}, on average by {differences.Average():0.00}");
        Assert.Contains(packets, p => p != packets[0]);
    }
}
