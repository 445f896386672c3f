using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Raycasting.BytePackets;
using DendriteViewer.Kernels.Sampling;
using static DendriteViewer.Kernels.Tests.Raycasting.Scenes;

namespace DendriteViewer.Kernels.Tests.Raycasting.BytePackets;

/// <summary>What byte packets draw, what they leave to packets of floats, and what they know of a volume.</summary>
public sealed class ByteChoiceTests
{
    private static bool IsCovered(PagedVolume volume, RaycastSettings settings, RayGeometry? rays = null) =>
        ByteRaycaster.Covers(new RayJob(volume, settings, rays ?? Orbit(20, 40, 40), 1, 40, 40, new uint[1600]), out _);

    [BytePacketFact]
    public void Covers_WhatBytesCannotDraw_IsLeftToFloats()
    {
        var volume = Balls<ushort>();
        var settings = Settings(volume, RayMode.Composite, true) with { Values = (0, 65535) };
        Assert.True(IsCovered(volume, settings));
        Assert.False(IsCovered(volume, settings with { Values = null }));
        Assert.True(IsCovered(volume, settings with { Mode = RayMode.Maximum }));
        Assert.True(IsCovered(volume, settings with { Clip = Curved([0, 1, 0, 0, 1, 0, 0, 0, 0, 0], 5) }));
        Assert.False(IsCovered(volume, Settings(volume, RayMode.Isosurface, false)));
        Assert.False(IsCovered(volume, settings with { Integrated = true }));
        Assert.False(IsCovered(volume, settings with { Step = 0.5f }));
        Assert.False(IsCovered(volume, settings with { Light = BallLight() }));
        Assert.False(IsCovered(volume, settings with { Jitter = true }));
        Assert.False(IsCovered(volume, settings, Orbit(20, 40, 40, distance: 1e9f)));
        var (layered, over) = Layered(replaces: false);
        Assert.False(IsCovered(layered, over));
        var slice = PagedVolume.FromDense<ushort>(Waves(1, 40, 40), 1, 40, 40);
        Assert.False(IsCovered(slice, Settings(slice, RayMode.Composite, false)));
    }

    [BytePacketFact]
    public void Render_NotInMotion_IsNotDrawnInBytes()
    {
        var volume = Balls<byte>(1 / 257f);
        var settings = Settings(volume, RayMode.Composite, true);
        uint[] still = new uint[1600], floats = new uint[1600], moving = new uint[1600];
        Raycaster.Render(volume, settings, Orbit(20, 40, 40), 40, 40, 1, still);
        Raycaster.Render(volume, settings with { InMotion = true }, Orbit(20, 40, 40), 40, 40, 1, floats, lanes: Packets.Widest);
        Raycaster.Render(volume, settings with { InMotion = true }, Orbit(20, 40, 40), 40, 40, 1, moving);
        Assert.Equal(still, floats);
        Assert.NotEqual(still, moving);
    }

    [Fact]
    public void CellBits_AcrossEveryAxis_AreTheCellsThatCanBeSeen()
    {
        var volume = PagedVolume.FromDense<ushort>(Waves(140, 70, 330), 140, 70, 330);
        var empty = EmptySpace.Of(volume, (_, most) => most > 64500);
        for (var axis = 0; axis < 3; axis++)
        {
            var bits = empty.CellsAcross(volume.Grid, axis);
            for (var i = 0; i < 18 * 9 * 42; i++)
            {
                int z = i / 42 / 9, y = i / 42 % 9, x = i % 42;
                var (slab, row, column) = axis switch { 0 => (x, z, y), 1 => (y, z, x), _ => (z, y, x) };
                var isSeen = volume.CellRange(0, z, y, x).Most > 64500;
                Assert.Equal(isSeen, (bits.Of(slab, row, column) & 1) != 0);
                Assert.Equal(isSeen, (bits.Of(slab, row, column - 5) & 32) != 0);
            }

            Assert.Equal(0u, bits.Of(-1, 0, 0) | bits.Of(0, 99, 0) | bits.Of(0, 0, 500));
        }
    }

    [Fact]
    public void Transfer_BetweenLevels_IsTheMeanOpacityOfThem()
    {
        var alpha = Enumerable.Range(0, TransferTable.Size).Select(i => i is >= 800 and < 1600 ? 0.4f : 0).ToArray();
        var table = new TransferTable(-0.5f, 255.5f, alpha, Enumerable.Range(0, TransferTable.Size).ToArray(), 1);
        var transfer = new ByteTransfer(table, ByteMapping.For(VoxelType.UInt8, null, table, RayMode.Composite)!.Value);
        Assert.Equal((100, 199), (transfer.VisibleLow, transfer.VisibleHigh));
        Assert.Equal(0.4f, transfer.Between(150, 150, out _), 1e-4f);
        Assert.Equal(0.2f, transfer.Between(50, 149, out var middle), 1e-4f);
        Assert.Equal(125, middle);
        Assert.Equal(0, transfer.Between(20, 60, out _));
        Assert.Equal(1 - Math.Pow(0.6, 1.25), transfer.ForSteps(1.25f).Between(150, 170, out _), 1e-4);
    }
}
