using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Corrections;

namespace DendriteViewer.Imaging.Tests.Corrections;

public sealed class MaskHistoryTests
{
    private static MaskHistory Of(params MaskEntry[] entries) => entries
        .Select((e, i) => e with { Sequence = i + 1, Base = e.Base is "" ? "a" : e.Base })
        .Aggregate(MaskHistory.Empty, (h, e) => h.With(e));

    private static MaskEntry Stroke(string by = "Ada", string automatic = "") => new()
    {
        Kind = MaskEntryKind.Paint, By = by, Base = automatic, Erase = false, Shape = BrushShape.Ball, RadiusUm = 1, PointsUm = [[1, 1, 1]],
    };

    private static MaskEntry Do(MaskEntryKind kind, int? of = null, int? version = null) =>
        new() { Kind = kind, By = "Bo", Of = of, Version = version };

    [Fact]
    public void Strokes_TakenBackAndMadeAgain_KeepTheirOrder()
    {
        var history = Of(
            Stroke(), Stroke(), Stroke(), Do(MaskEntryKind.Undo, of: 1), Do(MaskEntryKind.Undo, of: 3), Do(MaskEntryKind.Redo, of: 1));
        Assert.Equal([1, 2], history.Of("a").Strokes);
        Assert.Equal(6, history.Sequence);
    }

    [Fact]
    public void Undo_OfNoStroke_ChangesNothing() =>
        Assert.Equal(
            [1], Of(Stroke(), Do(MaskEntryKind.Save), Do(MaskEntryKind.Redo, of: 2), Do(MaskEntryKind.Undo, of: 2)).Of("a").Strokes);

    [Fact]
    public void Restore_OfAnOlderVersion_IsANewVersionAndDropsNothing()
    {
        var history = Of(
            Stroke(), Do(MaskEntryKind.Save), Stroke(), Do(MaskEntryKind.Save), Do(MaskEntryKind.Restore, version: 1),
            Do(MaskEntryKind.Restore, version: 0), Do(MaskEntryKind.Restore, version: 2), Do(MaskEntryKind.Restore, version: 9));
        var state = history.Of("a");
        Assert.Equal([[1], [1, 3], [1], [], [1, 3]], state.Versions.Select(v => v.Strokes.ToArray()));
        Assert.Equal([null, null, 1, 0, 2], state.Versions.Select(v => v.Restored));
        Assert.Equal([1, 3], state.Strokes);
        Assert.Equal(2, history.Marks.Count);
    }

    [Fact]
    public void Choice_OfAVersion_StaysWhenPeopleGoOnPainting()
    {
        var history = Of(
            Stroke(), Do(MaskEntryKind.Save), Do(MaskEntryKind.Choose, version: 1), Stroke("Bo"), Do(MaskEntryKind.Choose, version: 7));
        Assert.Equal([1], history.Of("a").ChosenVersion!.Strokes);
        Assert.True(history.Of("a").IsChanged);
        Assert.Equal(["Ada", "Bo"], history.AuthorsOf(history.Of("a").Strokes));
    }

    [Fact]
    public void Others_WhoseStrokesWereAllTakenBack_AreThereWhileAVersionOfThemIsChosen()
    {
        var chosen = Of(Stroke(), Do(MaskEntryKind.Save), Do(MaskEntryKind.Choose, version: 1), Do(MaskEntryKind.Undo, of: 1));
        Assert.Equal(1, Assert.Single(chosen.Others("b")).State.Chosen);
        Assert.Empty(Of(Stroke(), Do(MaskEntryKind.Undo, of: 1)).Others("b"));
    }

    [Fact]
    public void Strokes_OnAnotherAutomaticMask_CountOnlyOnceTakenOver()
    {
        var painted = Of(Stroke(automatic: "old"), Stroke(automatic: "old"), Do(MaskEntryKind.Undo, of: 1) with { Base = "old" }, Stroke());
        Assert.Equal([4], painted.Of("a").Strokes);
        Assert.Equal("old", Assert.Single(painted.Others("a")).Base);
        var carried = painted.With(new MaskEntry { Sequence = 5, Kind = MaskEntryKind.Carry, Base = "a", From = "old" });
        Assert.Equal([2, 4], carried.Of("a").Strokes);
    }

    // Twelve regions that grew in noise once filled a log, each of them taken back.
    [Fact]
    public void Grown_HundredsOfTimesAndTakenBack_LeavesRoomForMore()
    {
        var (history, fill) = (MaskHistory.Empty, Fill());
        for (var i = 1; i <= 300; i++)
        {
            history = history.Checked(fill with { Sequence = 2 * i - 1 });
            history = history.Checked(Do(MaskEntryKind.Undo, of: 2 * i - 1) with { Sequence = 2 * i, Base = "a" });
        }

        Assert.Equal(0, history.NumbersOf("a"));
        Assert.Equal(300L * fill.Bytes, history.Bytes);
    }

    [Fact]
    public void Mask_MadeOfAsMuchAsItMayBe_TakesMoreOnceAStrokeWasTakenBack()
    {
        var (history, fill) = (MaskHistory.Empty, Fill());
        for (var i = 1; i <= MaskEntry.MostNumbers / fill.Numbers; i++)
        {
            history = history.Checked(fill with { Sequence = i });
        }

        var next = fill with { Sequence = history.Sequence + 1 };
        var refused = Assert.Throws<OutOfRangeException>(() => history.Checked(next));
        Assert.Contains("take strokes back", refused.Message, StringComparison.Ordinal);
        var without = history.Checked(Do(MaskEntryKind.Undo, of: 1) with { Sequence = next.Sequence, Base = "a" });
        var full = without.Checked(next with { Sequence = next.Sequence + 1 });
        Assert.Throws<OutOfRangeException>(
            () => full.Checked(Do(MaskEntryKind.Redo, of: 1) with { Sequence = full.Sequence + 1, Base = "a" }));
        Assert.Equal(full.Sequence + 1, full.Checked(Do(MaskEntryKind.Save) with { Sequence = full.Sequence + 1, Base = "a" }).Sequence);
    }

    // As many runs as a region has that is cut at their bound, in rows of dust.
    private static MaskEntry Fill()
    {
        var random = new Random(1);
        return new()
        {
            Kind = MaskEntryKind.Fill, By = "Ada", Base = "a", Erase = false,
            Runs = [.. Enumerable.Range(0, FillMark.MostRuns)
                .SelectMany(i => new[] { i / 1000, i / 20 % 50, i % 20 * 5, i % 20 * 5 + random.Next(1, 5) })],
        };
    }
}
