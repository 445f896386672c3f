using System.Net;
using System.Text.Json;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Analysis.Deciding;
using DendriteViewer.Web.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Analysis.Deciding;

/// <summary>Decisions over HTTP, of the whole app.</summary>
public sealed class DecisionFilesTests(RunningApp app) : IClassFixture<RunningApp>
{
    [Fact]
    public async Task Verdicts_AreSentToThoseWhoMayView_AndAreNotFoundForOthers()
    {
        var store = new DecisionStore(app.App.Services.GetRequiredService<DatasetStore>());
        var recipe = new AnalysisRecipe { Modality = "projection" };
        await store.SaveAsync(app.Stored, recipe, DecisionTests.s_decision with { Hours = 2 }, default);
        var kept = (await store.TryLoadAsync(app.Stored, "projection", 2, default))!;
        var (pieces, table) = (DecisionFiles.Address(app.Dataset, kept), DecisionFiles.Address(app.Dataset, kept, "/pieces.csv"));

        var guest = await app.GuestAsync(DatasetRole.View);
        using var json = JsonDocument.Parse(await guest.GetStringAsync(pieces));
        Assert.Equal(kept.Version, json.RootElement.GetProperty("version").GetString());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("stale").ValueKind);
        Assert.Equal("crack", json.RootElement.GetProperty("pieces")[1].GetProperty("verdict").GetString());
        Assert.StartsWith("id,verdict", await guest.GetStringAsync(table));
        Assert.Equal(HttpStatusCode.NotFound, (await guest.GetAsync(pieces.Replace("/2?", "/1?"))).StatusCode);

        await app.AddPersonAsync("Mallory");
        var stranger = await app.SignedInAsync("mallory@example.org");
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync(pieces)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync(table)).StatusCode);
    }

    [Fact]
    public async Task Verdicts_ThatAreStale_SayWhyInBothFiles_AndHaveAnotherAddress()
    {
        var store = new DecisionStore(app.App.Services.GetRequiredService<DatasetStore>());
        var recipe = new AnalysisRecipe { Modality = "projection" };
        var before = app.Stored with { Depth = app.Stored.Depth with { Surface = null, InterfaceUm = -7 } };
        await store.SaveAsync(before, recipe, DecisionTests.s_decision with { Hours = 0 }, default);
        var kept = (await store.TryLoadAsync(app.Stored, "projection", 0, default))!;
        var guest = await app.GuestAsync(DatasetRole.View);
        using var json = JsonDocument.Parse(await guest.GetStringAsync(DecisionFiles.Address(app.Dataset, kept)));
        var stale = json.RootElement.GetProperty("stale").GetString()!;
        Assert.Contains("interface was corrected", stale);
        Assert.Contains("STALE: The interface", await guest.GetStringAsync(DecisionFiles.Address(app.Dataset, kept, "/pieces.csv")));
        Assert.NotEqual(DecisionFiles.Address(app.Dataset, kept), DecisionFiles.Address(app.Dataset, kept with { Stale = stale }));
    }
}
