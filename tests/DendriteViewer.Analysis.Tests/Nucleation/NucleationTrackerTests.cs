using DendriteViewer.Analysis.Nucleation;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Labelling;
using DendriteViewer.Kernels.Masks;

namespace DendriteViewer.Analysis.Tests.Nucleation;

public sealed class NucleationTrackerTests
{
    // Two are born, grow, meet; a third comes later; the shared piece is shared out where they met.
    [Fact]
    public void Sites_BornGrownAndMerged_KeepTheirNamesAndShares()
    {
        var tracker = new NucleationTracker(AffineTransform.Of(VoxelSize.Cubic(2), default), new DepthFrame(Axis.Z, 1, 10), 8, 6);
        Add(tracker, 0, Pieces());
        Add(tracker, 1, Pieces((10, 5, 12), (10, 25, 32)));
        Add(tracker, 2, Pieces((10, 5, 16), (10, 21, 32)));
        var (sites, of) = Add(tracker, 3, Pieces((10, 5, 32), (20, 5, 9)));
        Assert.Equal([[1, 2], [3]], of);
        Assert.Equal((1, 2), (sites.At(10, 10, 17), sites.At(10, 10, 20)));
        var found = tracker.Finish(ComponentLabeller.Label(Set((10, 36, 38)), StructuringElement.Faces), []);
        Assert.Equal([1, 1, 3], found.Select(s => s.BornHours));
        Assert.Equal([7 * 8.0, 11 * 8, 14 * 8], found[0].Volumes.Select(v => v.Um3));
        Assert.Equal(27 * 8, found[0].Volumes[^1].Um3 + found[1].Volumes[^1].Um3);
        Assert.Equal("merged", Assert.Single(found[0].Events).Kind);
        Assert.Equal(["A2"], found[0].Events[0].With);

        // Born in voxels x 5..12 of row (10, 10): the middle at 8.5 voxels, depth 21 − 10 µm.
        Assert.Equal([21, 21, 17], found[0].CenterUm);
        Assert.Equal(11, found[0].DepthUm, 9);

        // From x = 32 to x = 36, surface to surface.
        Assert.Equal(8, found[1].NearestVoidUm!.Value, 9);
    }

    // What splits is one site still; what vanishes for a while is no new site when it comes back.
    [Fact]
    public void Sites_SplitAndLost_AreTheSameSites()
    {
        var tracker = new NucleationTracker(AffineTransform.Of(VoxelSize.Cubic(2), default), new DepthFrame(Axis.Z, 1, 10), 8, 6);
        Add(tracker, 1, Pieces((10, 5, 30)));
        Add(tracker, 2, Pieces((10, 5, 12), (10, 20, 30)));
        Add(tracker, 3, Pieces());
        Add(tracker, 4, Pieces((10, 20, 30)));
        var site = Assert.Single(tracker.Finish(ComponentLabeller.Label(Set(), StructuringElement.Faces), []));
        Assert.Equal(["split", "lost"], site.Events.Select(e => e.Kind));
        Assert.Equal([200, 136, 0, 80], site.Volumes.Select(v => v.Um3));
        Assert.Null(site.NearestVoidUm);
    }

    // Lithium that comes out behind a void is of the site on the other side; behind a longer one it is new.
    [Theory]
    [InlineData(4, 1)]
    [InlineData(9, 2)]
    public void Sites_BehindAVoid_AreNewOnlyWhenItIsLong(int gap, int sites)
    {
        var tracker = new NucleationTracker(AffineTransform.Of(VoxelSize.Cubic(2), default), new DepthFrame(Axis.Z, 1, 10), 8, 6);
        tracker.Add(1, Pieces((10, 5, 12)), Set((10, 5, 12 + gap)));
        tracker.Add(2, Pieces((10, 5, 12), (10, 12 + gap, 30)), Set((10, 5, 30)));
        Assert.Equal(sites, tracker.Count);
    }

    private static (Components Sites, int[][] OfPieces) Add(NucleationTracker tracker, double hours, Components pieces) => tracker.Add(hours, pieces, pieces.Keep(_ => true));

    private static Components Pieces(params (int Y, int From, int To)[] rows) => ComponentLabeller.Label(Set(rows), StructuringElement.Corners);

    private static BitVolume Set(params (int Y, int From, int To)[] rows)
    {
        var set = new BitVolume(24, 24, 40);
        foreach (var (y, from, to) in rows)
        {
            set.SetRow(10, y, from, to);
        }

        return set;
    }
}
