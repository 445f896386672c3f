using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Tests.Corrections;

/// <summary>How fills are kept in few bytes.</summary>
public sealed class MaskRunsTests
{
    [Fact]
    public void Runs_OfWhateverNumbers_AreTheSameAfterwards()
    {
        var random = new Random(5);
        foreach (var count in new[] { 0, 1, 2, 1000 })
        {
            int[] runs = [.. Enumerable.Range(0, 4 * count).Select(i => i % 3 == 0 ? random.Next() - random.Next() : random.Next(-70, 70))];
            if (count > 1)
            {
                (runs[0], runs[1], runs[4], runs[5]) = (int.MinValue, int.MaxValue, int.MaxValue, int.MinValue);
            }

            var packed = MaskRuns.Pack(runs);
            Assert.Equal(runs, MaskRuns.TryUnpack(packed));
            Assert.Equal(count, MaskRuns.CountOf(packed));
        }
    }

    // What grows in noise is cut at the bound of runs; hundreds of such regions must fit in a log.
    [Fact]
    public void Runs_OfARegionInNoise_TakeLessThanTwoBytesEach()
    {
        var (random, found) = (new Random(1), new FoundVoxels(new VolumeShape(64, 64, 64)));
        for (var i = 0; found.Runs < FillMark.MostRuns; i++)
        {
            if (random.Next(2) == 0)
            {
                found.Add(new VoxelIndex(i / 16384, i / 128 % 128, i % 128));
            }
        }

        Assert.InRange(MaskRuns.Pack([.. found.ToRuns()]).Length, 1, 2 * FillMark.MostRuns);
    }

    [Fact]
    public void Runs_CutOffOrMoreThanTheySay_AreRefused()
    {
        var packed = MaskRuns.Pack([1, 2, 3, 4, 1, 2, 5, 9]);
        Assert.Null(MaskRuns.TryUnpack(packed[..3]));
        Assert.Null(MaskRuns.TryUnpack([1, .. packed[1..]]));
        Assert.Null(MaskRuns.TryUnpack([3, .. packed[1..]]));
        Assert.Null(MaskRuns.TryUnpack([255, 255, 255, 127, .. packed[4..]]));
        Assert.Null(MaskRuns.TryUnpack([.. packed[..4], 1, 2, 3]));
    }
}
