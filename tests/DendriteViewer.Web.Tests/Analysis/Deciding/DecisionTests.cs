using Bunit;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Analysis.Deciding;
using DendriteViewer.Web.Tests.Components;

namespace DendriteViewer.Web.Tests.Analysis.Deciding;

public sealed class DecisionTests(TestHost host) : MudContext, IClassFixture<TestHost>
{
    internal static readonly Decision s_decision = new(
        3,
        [
            new(1, new WorldPoint(10, 20, 30), 140.5, 1, 0.99, 0.1, PieceVerdict.Lithium, 0.8),
            new(2, new WorldPoint(11, 21, 31), 90, 0.7, 0.01, 0.2, PieceVerdict.Crack, 0.2),
            new(3, new WorldPoint(50, 60, 70), 200, 0, 0.4, 0.97, PieceVerdict.Unsure, 0.7),
        ],
        new Confusion(1, 0, 1, 0, 1), new LithiumLedger(140.5, 220, 150, 330, 430.5),
        [new(0.9, 30000, 32000, [1e6, 2e5, 1e6]), new(0.05, 8000, 9000, [1e6, 0, 1e6]), new(0.05, 8000, 20000, [1e6, 0, 1e6])],
        1.4, new JointHistogram((0, 40000), (0, 40000), 4, [1, 0, 0, 0, 0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9000]), ["Few, pieces."]);

    /// <summary>A decision at 3 h.</summary>
    internal static Decision Example => s_decision;

    [Fact]
    public async Task Decision_KeptThenRead_IsTheSame_AndOfItsTimeAndModalityAlone()
    {
        var store = new DecisionStore(host.Store);
        await store.SaveAsync(host.Dataset, new AnalysisRecipe { Modality = "projection" }, s_decision, default);
        var kept = (await store.TryLoadAsync(host.Dataset, "projection", 3, default))!;
        Assert.Equivalent(s_decision, kept.Decision, strict: true);
        Assert.Equal((0f, 40000f), kept.Decision.Histogram.PhaseRange);
        Assert.Equal(12, kept.Version.Length);
        Assert.Null(kept.StaleBecause(host.Dataset, kept.Recipe));
        Assert.Contains("earlier version", (kept with { Inputs = null }).StaleBecause(host.Dataset, null));
        Assert.Null(await store.TryLoadAsync(host.Dataset, "projection", 1.5, default));
        Assert.Null(await store.TryLoadAsync(host.Dataset, "nano-phase", 3, default));
    }

    [Fact]
    public async Task Decision_WhoseDataOrRecipeChanged_IsStaleWithTheReason()
    {
        var store = new DecisionStore(host.Store);
        var (now, recipe) = (host.Dataset, new AnalysisRecipe { Modality = "projection" });
        await store.SaveAsync(now, recipe, s_decision, default);
        var kept = (await store.TryLoadAsync(now, "projection", 3, default))!;
        Assert.Null(kept.StaleBecause(now, recipe with { BinUm = 5 }));
        Assert.Contains("another threshold", kept.StaleBecause(now, recipe with { Rule = ThresholdRule.Manual, Threshold = 7 }));
        var lower = now with { Depth = now.Depth with { Surface = null, InterfaceUm = -7 } };
        Assert.Contains("interface was corrected", kept.StaleBecause(lower, recipe));
        var other = now with { Volumes = [.. now.Volumes.Select(v => v.Key.Hours == 3 ? v with { MetadataSha256 = "other" } : v)] };
        Assert.Contains("projection", kept.StaleBecause(other, recipe));

        // The scan of another time decides nothing here, unless masks were corrected.
        other = now with { Volumes = [.. now.Volumes.Select(v => v.Key.Hours == 1.5 ? v with { MetadataSha256 = "other" } : v)] };
        Assert.Null(kept.StaleBecause(other, recipe));
    }

    [Fact]
    public async Task Decision_WhoseMaskWasCorrected_IsStaleWhileThatVersionIsChosen()
    {
        var store = new DecisionStore(host.Store);
        var (now, recipe) = (host.Dataset, new AnalysisRecipe { Modality = "projection" });
        var log = new MaskLog(host.Store.Blobs, now, new VolumeKey(LabelModality.Lithium, 3));
        var (of, first) = (s_decision with { AutomaticMask = "automatic" }, (await log.ReadAsync(default)).Count);
        await store.SaveAsync(now, recipe, of, default);
        var kept = (await store.TryLoadAsync(now, "projection", 3, default))!;
        Assert.Null(await store.StaleBecauseAsync(now, kept, recipe, default));
        await AddAsync(new MaskEntry { Kind = MaskEntryKind.Save });
        Assert.Null(await store.StaleBecauseAsync(now, kept, recipe, default));
        await AddAsync(new MaskEntry { Kind = MaskEntryKind.Choose, Version = 1 });
        Assert.Contains("mask of 3 h was corrected", await store.StaleBecauseAsync(now, kept, recipe, default));
        await AddAsync(new MaskEntry { Kind = MaskEntryKind.Choose, Version = 0 });
        Assert.Null(await store.StaleBecauseAsync(now, kept, recipe, default));

        async Task AddAsync(MaskEntry entry) => Assert.True(await log.TryAppendAsync(
            entry with { Sequence = ++first, Dataset = now.Identity.Value, Base = "automatic", By = "Ada", At = 1 }, default));
    }

    [Fact]
    public async Task Decision_ThatIsDamaged_IsToldWithItsName()
    {
        var store = new DecisionStore(host.Store);
        await store.SaveAsync(host.Dataset, new AnalysisRecipe { Modality = "damaged" }, s_decision, default);
        var name = BlobNames.Dataset(host.Dataset.Id) + BlobNames.DecisionPath(new VolumeKey("damaged", 3));
        var bytes = (await host.Store.Blobs.TryReadAsync(name, default))!;
        bytes[^20] ^= 1;
        await host.Store.Blobs.WriteAsync(name, bytes, default);
        var e = await Assert.ThrowsAsync<VolumeFormatException>(() => store.TryLoadAsync(host.Dataset, "damaged", 3, default));
        Assert.Contains("decide again", e.Message);
    }

    [Fact]
    public void Table_OfADecision_HasAColumnForEachCell_AndWarningsInTheFirstRow()
    {
        var rows = DecisionFiles.Csv(s_decision).Trim().Split('\n').Select(r => r.Split(',')).ToArray();
        Assert.All(rows, r => Assert.Equal(rows[0].Length, r.Length));
        Assert.Equal(["1", "lithium"], rows[1][..2]);
        Assert.Equal("Few; pieces.", rows[1][^1]);
        Assert.Equal("", rows[2][^1]);
        Assert.Contains(",STALE: Registered; again. Few; pieces.\n", DecisionFiles.Csv(s_decision, "Registered, again."));
        Assert.EndsWith(",Few; pieces.\n", DecisionFiles.Csv(s_decision with { Pieces = [] }));
    }

    [Fact]
    public void Histogram_OfADecision_HasItsClassesWhereTheyLie()
    {
        var plot = Render<JointHistogramPlot>(p => p.Add(c => c.Decision, s_decision));
        Assert.Equal(["electrolyte", "void", "lithium"], plot.FindAll(".class text").Select(t => t.TextContent));
        var lithium = plot.Find(".is-lithium ellipse");
        Assert.Equal(("48", "120", "12"), (lithium.GetAttribute("cx"), lithium.GetAttribute("cy"), lithium.GetAttribute("rx")));
        Assert.NotEmpty(plot.FindAll("path[d^='M']"));
    }

    [Fact]
    public void Confusion_OfADecision_HasSharesWithTheirIntervals()
    {
        var table = Render<ConfusionTable>(p => p.Add(c => c.Decision, s_decision));
        Assert.Contains("50 (1–99)", table.Find("tbody tr").TextContent);
    }
}
