using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Placements;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Web.Tests.Placements;

/// <summary>Landmarks as they are placed, pair by pair.</summary>
public sealed class LandmarkDraftTests
{
    private static readonly VolumeKey s_scan = new("projection", 3);
    private static readonly AffineTransform s_still = new([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
    private static readonly WorldPoint s_a = new(1, 2, 3), s_b = new(4, 5, 6), s_c = new(7, 8, 9);

    [Fact]
    public void Point_InTheOtherPane_CompletesThePairThatLacksIt()
    {
        var draft = LandmarkDraft.Empty.Place(isMoving: false, s_a, s_scan);
        Assert.Equal(1, draft.Open!.Id);
        draft = draft.Place(isMoving: true, s_b, s_scan);
        Assert.Null(draft.Open);
        var pair = Assert.Single(draft.WholeIn(At(s_still)));
        Assert.Equal((s_b, s_a, "L1"), (pair.Moving, pair.Dataset, pair.Name));
    }

    [Fact]
    public void Point_InTheSamePane_TakesThePlaceOfTheOneBefore()
    {
        var draft = LandmarkDraft.Empty.Place(isMoving: false, s_a, s_scan).Place(isMoving: false, s_c, s_scan);
        Assert.Equal([7, 8, 9], Assert.Single(draft.Pairs).ScanUm!);
    }

    [Fact]
    public void Point_OfAScanThatAnAnalysisMovesLater_StaysWithTheScan()
    {
        var draft = LandmarkDraft.Empty.Place(isMoving: false, s_a, s_scan).Place(isMoving: true, s_b, new VolumeKey("nano-phase", 3));
        draft = LandmarkDraft.Parse(draft.ToBytes());
        var moved = At(new AffineTransform([1, 0, 0, 10, 0, 1, 0, 20, 0, 0, 1, 30]));
        Assert.Equal(s_a + new WorldVector(10, 20, 30), Assert.Single(draft.WholeIn(moved)).Dataset);
    }

    // The analysis moves the scan by 10, 20, 30 µm while the job waits.
    [Fact]
    public void Job_ThatWaitsWhileAnAnalysisMovesTheScan_KeepsItsPointsWithTheScan()
    {
        var (still, moved) = (At(s_still), At(new AffineTransform([1, 0, 0, 10, 0, 1, 0, 20, 0, 0, 1, 30])));
        var work = new PlacementWork { Modality = "nano-phase", Hours = 3 };
        var points = work.From([new PointPair("L1", s_b, s_a)]).About(new PointPair("", s_c, s_b));
        var asked = PlacementWork.Parse(points.InScan(still).ToJson());
        var request = asked.ToRequest(moved);
        Assert.Equal(s_a + new WorldVector(10, 20, 30), Assert.Single(request.Landmarks).Dataset);
        Assert.Equal((s_c, s_b + new WorldVector(10, 20, 30)), request.Common);

        // Jobs of an earlier version have points in the dataset's frame.
        Assert.Equal(s_a, Assert.Single(work.From([new PointPair("L1", s_b, s_a)]).ToRequest(moved).Landmarks).Dataset);
    }

    // Earlier versions kept points in the dataset's frame.
    [Fact]
    public void Draft_OfAnEarlierVersion_IsReadAndKeepsItsPoints()
    {
        var draft = LandmarkDraft.Parse(SealedJson.Seal(
            """{"format":1,"pairs":[{"id":1,"movingUm":[1,2,3],"datasetUm":[4,5,6]}],"next":2}"""u8.ToArray()));
        Assert.Equal(s_b, Assert.Single(draft.WholeIn(At(s_still))).Dataset);
    }

    [Fact]
    public void Pair_AfterADeletedOne_HasANumberOfItsOwn()
    {
        var draft = LandmarkDraft.Empty.Place(false, s_a, s_scan).Place(true, s_b, s_scan).Place(false, s_b, s_scan)
            .Place(true, s_c, s_scan).Remove(2).Place(false, s_c, s_scan);
        Assert.Equal([1, 3], draft.Pairs.Select(p => p.Id));
    }

    [Fact]
    public void Draft_WithTooManyPairs_TakesNoMore()
    {
        var draft = Enumerable.Range(0, LandmarkDraft.MostPairs).Aggregate(
            LandmarkDraft.Empty, (d, _) => d.Place(false, s_a, s_scan).Place(true, s_b, s_scan));
        Assert.Throws<OutOfRangeException>(() => draft.Place(false, s_c, s_scan));
    }

    [Fact]
    public void Draft_WrittenAndRead_IsTheSame() => Prop.ForAll<int[]>(numbers =>
    {
        var draft = numbers.Aggregate(LandmarkDraft.Empty, (d, n) => d.Pairs.Count < 150
            ? d.Place(n % 2 == 0, new WorldPoint(n, n / 3.0, -n), s_scan) : d);
        return LandmarkDraft.Parse(draft.ToBytes()).ToBytes().AsSpan().SequenceEqual(draft.ToBytes());
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"format\":2}")]
    [InlineData("{\"format\":1,\"pairs\":[{\"id\":1,\"movingUm\":[1,2]}]}")]
    [InlineData("{\"format\":1,\"pairs\":[{\"id\":1,\"movingUm\":[1,2,1e99]}]}")]
    [InlineData("{\"format\":1,\"pairs\":[{\"id\":1,\"scanUm\":[1,2,3]}]}")]
    [InlineData("{\"format\":1,\"pairs\":null}")]
    public void Bytes_ThatAreNoDraft_AreRefusedWithARemedy(string json) => Assert.Contains("discard them",
        Assert.Throws<VolumeFormatException>(() => LandmarkDraft.Parse(System.Text.Encoding.UTF8.GetBytes(json))).Message);

    [Fact]
    public void Draft_WithABitChanged_IsRefusedOrTheSame() => Prop.ForAll<int>(seed =>
    {
        var bytes = LandmarkDraft.Empty.Place(false, s_a, s_scan).Place(true, s_b, s_scan).ToBytes();
        bytes[(seed & int.MaxValue) % bytes.Length] ^= (byte)(1 << (seed & 7));
        try
        {
            LandmarkDraft.Parse(bytes);
        }
        catch (VolumeFormatException)
        {
        }
    }).QuickCheckThrowOnFailure();

    // A dataset with one scan that moved.
    private static Dataset At(AffineTransform drift)
    {
        var scan = new VolumeManifest
        {
            Modality = s_scan.Modality, Hours = s_scan.Hours, Path = "scan", Shape = [8, 8, 8], Dtype = "|u1", VoxelSizeUm = [1, 1, 1],
        };
        Dataset Of(VolumeManifest v) => Dataset.Of(
            DatasetId.Parse("cell"), new DatasetManifest { Id = "cell", Identity = new string('1', 32), Volumes = [v] });
        var registration = new RegistrationManifest { Transform = drift.After(Of(scan).Volumes[0].Transform).Rows.ToArray() };
        return Of(scan with { Registration = registration });
    }
}
