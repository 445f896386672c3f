using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Raycasting.BytePackets;
using static DendriteViewer.Kernels.Tests.Raycasting.Scenes;

namespace DendriteViewer.Kernels.Tests.Raycasting.BytePackets;

/// <summary>What is drawn in bytes while it moves, beside the packets that keep voxels as they are.</summary>
public sealed class ByteMappingTests
{
    private const int Pixels = 64;

    [Theory]
    [InlineData(RayMode.Composite, 0, 65536, true)]
    [InlineData(RayMode.Composite, 20000, 21000, false)]
    [InlineData(RayMode.Composite, 20000, 45000, true)]
    [InlineData(RayMode.Maximum, 0, 2000, false)]
    [InlineData(RayMode.Mean, 20000, 24000, false)]
    [InlineData(RayMode.Mean, 0, 65536, true)]
    public void For_WhatIsShownOfSixteenBits_IsMappedWhereItIsWideBesideTheData(RayMode mode, float low, float high, bool isMapped) =>
        Assert.Equal(isMapped, ByteMapping.For(VoxelType.UInt16, (0, 60000), Table(low, high), mode) is not null);

    [Fact]
    public void For_FewerCountsThanLevels_IsNotMapped() =>
        Assert.Null(ByteMapping.For(VoxelType.UInt16, (0, 3), Table(0.5f, 3.5f), RayMode.Composite));

    [Fact]
    public void For_ValuesNotKnown_MapsEightBitsAlone()
    {
        Assert.Null(ByteMapping.For(VoxelType.Float32, null, Table(0, 1), RayMode.Composite));
        Assert.NotNull(ByteMapping.For(VoxelType.UInt8, null, Table(0, 1), RayMode.Composite));
    }

    // The mean of raw values is coloured, not the mean of values that were cut to the table.
    [BytePacketTheory]
    [InlineData(RayMode.Mean, 10000, 40000)]
    [InlineData(RayMode.Mean, 20000, 24000)]
    [InlineData(RayMode.Maximum, 20000, 50000)]
    [InlineData(RayMode.Minimum, 20000, 50000)]
    public void PictureInMotion_ValuesBeyondTheTable_LooksAsWithoutBytes(RayMode mode, float low, float high)
    {
        var volume = PagedVolume.FromDense<ushort>(Waves(64, 64, 64), 64, 64, 64);
        var table = Table(low, high);
        var settings = new RaycastSettings
        {
            Mode = mode, Transfer = table, Empty = EmptySpace.Of(volume, table.IsVisible), Values = (768, 64768),
        };
        Assert.InRange(Mean(Draw(volume, settings with { InMotion = true }), Draw(volume, settings)), 0, 2.5);
    }

    // Everything below a steep edge stays as dark as it is, though level 0 lies within half a level of the edge.
    [BytePacketFact]
    public void PictureInMotion_BackgroundBelowASteepEdge_StaysUnseen()
    {
        var voxels = new ushort[64 * 64 * 64];
        for (var i = 0; i < voxels.Length; i++)
        {
            // A bright voxel in each cell, so that no cell is skipped.
            voxels[i] = i % 8 == 4 && i / 64 % 8 == 4 && i / 4096 % 8 == 4 ? (ushort)60000 : (ushort)1000;
        }

        var volume = PagedVolume.FromDense<ushort>(voxels, 64, 64, 64);
        var alpha = Enumerable.Range(0, TransferTable.Size).Select(i => i == 0 ? 0 : 0.5f).ToArray();
        var table = new TransferTable(10000, 60000, alpha, Enumerable.Repeat(0xFFFFFF, TransferTable.Size).ToArray(), 1);
        var settings = new RaycastSettings
        {
            Transfer = table, Empty = EmptySpace.Of(volume, table.IsVisible), Values = (1000, 60000), InMotion = true,
        };
        Assert.InRange(Mean(Draw(volume, settings), Draw(volume, settings with { InMotion = false, Integrated = true })), 0, 16);
    }

    [Fact]
    public void Between_ValuesCutBelowASteepEdge_ShowNothing()
    {
        var alpha = Enumerable.Range(0, TransferTable.Size).Select(i => i == 0 ? 0 : 0.5f).ToArray();
        var table = new TransferTable(30000, 33000, alpha, new int[TransferTable.Size], 1);
        Assert.True(ByteMapping.For(VoxelType.UInt16, (0, 60000), table, RayMode.Composite) is { IsCut: true });
        var transfer = table.InBytes(VoxelType.UInt16, (0, 60000), RayMode.Composite)!;
        Assert.Equal(0, transfer.Between(0, 0, out _));
        Assert.Equal(0.5, transfer.Between(255, 255, out _), 0.01);
    }

    private static TransferTable Table(float low, float high)
    {
        var alpha = Enumerable.Range(0, TransferTable.Size).Select(i => 0.05f * i / TransferTable.Size).ToArray();
        var colors = Enumerable.Range(0, TransferTable.Size).Select(i => (i >> 3) * 0x010101).ToArray();
        return new TransferTable(low, high, alpha, colors, 1);
    }

    private static uint[] Draw(PagedVolume volume, RaycastSettings settings)
    {
        var target = new uint[Pixels * Pixels];
        Assert.True(Raycaster.Render(volume, settings, Orbit(30, Pixels, Pixels, new Vector3(32), 160), Pixels, Pixels, 1, target));
        return target;
    }

    private static double Mean(uint[] a, uint[] b) => a.Zip(b).Average(p => Difference(p.First, p.Second));
}
