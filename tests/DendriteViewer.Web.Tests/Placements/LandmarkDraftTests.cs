using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Placements;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Web.Tests.Placements;

/// <summary>Landmarks as they are placed, pair by pair.</summary>
public sealed class LandmarkDraftTests
{
    private static readonly WorldPoint s_a = new(1, 2, 3), s_b = new(4, 5, 6), s_c = new(7, 8, 9);

    [Fact]
    public void Point_InTheOtherPane_CompletesThePairThatLacksIt()
    {
        var draft = LandmarkDraft.Empty.Place(isMoving: false, s_a);
        Assert.Equal(1, draft.Open!.Id);
        draft = draft.Place(isMoving: true, s_b);
        Assert.Null(draft.Open);
        var pair = Assert.Single(draft.Whole);
        Assert.Equal((s_b, s_a, "L1"), (pair.Moving, pair.Dataset, pair.Name));
    }

    [Fact]
    public void Point_InTheSamePane_TakesThePlaceOfTheOneBefore()
    {
        var draft = LandmarkDraft.Empty.Place(isMoving: false, s_a).Place(isMoving: false, s_c);
        Assert.Equal([7, 8, 9], Assert.Single(draft.Pairs).DatasetUm!);
    }

    [Fact]
    public void Pair_AfterADeletedOne_HasANumberOfItsOwn()
    {
        var draft = LandmarkDraft.Empty.Place(false, s_a).Place(true, s_b).Place(false, s_b).Place(true, s_c).Remove(2).Place(false, s_c);
        Assert.Equal([1, 3], draft.Pairs.Select(p => p.Id));
    }

    [Fact]
    public void Draft_WithTooManyPairs_TakesNoMore()
    {
        var draft = Enumerable.Range(0, LandmarkDraft.MostPairs).Aggregate(
            LandmarkDraft.Empty, (d, _) => d.Place(false, s_a).Place(true, s_b));
        Assert.Throws<OutOfRangeException>(() => draft.Place(false, s_c));
    }

    [Fact]
    public void Draft_WrittenAndRead_IsTheSame() => Prop.ForAll<int[]>(numbers =>
    {
        var draft = numbers.Aggregate(LandmarkDraft.Empty, (d, n) => d.Pairs.Count < 150
            ? d.Place(n % 2 == 0, new WorldPoint(n, n / 3.0, -n)) : d);
        return LandmarkDraft.Parse(draft.ToBytes()).ToBytes().AsSpan().SequenceEqual(draft.ToBytes());
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"format\":2}")]
    [InlineData("{\"format\":1,\"pairs\":[{\"id\":1,\"movingUm\":[1,2]}]}")]
    [InlineData("{\"format\":1,\"pairs\":[{\"id\":1,\"movingUm\":[1,2,1e99]}]}")]
    [InlineData("{\"format\":1,\"pairs\":null}")]
    public void Bytes_ThatAreNoDraft_AreRefusedWithARemedy(string json) => Assert.Contains("discard them",
        Assert.Throws<VolumeFormatException>(() => LandmarkDraft.Parse(System.Text.Encoding.UTF8.GetBytes(json))).Message);

    [Fact]
    public void Draft_WithABitChanged_IsRefusedOrTheSame() => Prop.ForAll<int>(seed =>
    {
        var bytes = LandmarkDraft.Empty.Place(false, s_a).Place(true, s_b).ToBytes();
        bytes[(seed & int.MaxValue) % bytes.Length] ^= (byte)(1 << (seed & 7));
        try
        {
            LandmarkDraft.Parse(bytes);
        }
        catch (VolumeFormatException)
        {
        }
    }).QuickCheckThrowOnFailure();
}
