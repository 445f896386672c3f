using System.Security.Claims;
using Bunit;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Measurements;

public sealed class MeasurePanelTests(TestHost host) : MudContext, IClassFixture<TestHost>
{
    private static readonly Measurement s_circle = new()
    {
        Kind = MeasurementKind.Circle, PointsUm = [[96, 96, 96], [96, 96, 126]], Right = [0, 0, 1], Down = [0, 1, 0], Hours = 1.5,
        Modality = "projection",
    };

    [Fact]
    public async Task Panel_WithoutMeasurements_SaysWhatToDoAndOffersTheTools()
    {
        var (panel, _) = await RenderAsync();
        Assert.Contains("Nothing is measured yet", panel.Markup);
        Assert.Equal("button", panel.Find("[data-tool=ruler]").TagName, ignoreCase: true);
    }

    [Fact]
    public async Task Panel_SelectedRegion_ShowsItsNumbersAndHistogramAndIsRenamedAndDeleted()
    {
        var (panel, session) = await RenderAsync();
        var saved = await host.Measurements.MeasureAsync(Order(session), s_circle, default);
        session.Update(v => v with { Selected = saved.Id }, null);
        panel.WaitForAssertion(() => Assert.Contains("Standard deviation", panel.Markup));
        Assert.Contains(MeasurementText.Value(saved.Result!.Region!.Values!.Mean), panel.Markup);
        Assert.Contains($"Values in {saved.Label}", panel.Markup);
        Assert.Contains("Area of voxels", panel.Markup);
        await panel.Find(".measure-details input").ChangeAsync(new() { Value = "Pore" });
        panel.WaitForAssertion(() => Assert.Equal("Pore", Find(saved.Id)!.Label));
        await panel.FindAll(".measure-details button").Single(b => b.TextContent.Contains("Delete")).ClickAsync(new());
        panel.WaitForAssertion(() => Assert.Contains("Nothing is measured yet", panel.Markup));
        Assert.Null(Find(saved.Id));
    }

    [Fact]
    public async Task Panel_OfWhoMayOnlyLook_SaysThatNothingIsSavedAndMarksIt()
    {
        var (panel, session) = await RenderAsync(mayEdit: false);
        Assert.Contains("not saved", panel.Markup);
        var kept = await host.Measurements.MeasureAsync(Order(session) with { MaySave = false }, s_circle, default);
        session.Update(v => v with { Selected = kept.Id }, null);
        panel.WaitForAssertion(() => Assert.Contains("Standard deviation", panel.Markup));
        Assert.Contains("not saved", panel.Find(".measure-details").ParentElement!.InnerHtml);
        Assert.Empty(await host.Measurements.Log.ListAsync(host.Dataset.Identity));
    }

    [Fact]
    public async Task Panel_WhileAMeasurementIsComputed_ShowsItAndCancelsIt()
    {
        var (panel, session) = await RenderAsync();
        var work = session.Measurements.RunAsync<int>("Box 7", async (progress, stop) =>
        {
            progress(0.5);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            return 0;
        }, default);
        panel.WaitForAssertion(() => Assert.Contains("Measuring Box 7", panel.Markup));
        await panel.FindAll("button").Single(b => b.TextContent.Contains("Cancel")).ClickAsync(new());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        panel.WaitForAssertion(() => Assert.DoesNotContain("Measuring Box 7", panel.Markup));
    }

    private Measurement? Find(string id) =>
        host.Measurements.Log.ListAsync(host.Dataset.Identity).GetAwaiter().GetResult().FirstOrDefault(m => m.Id == id);

    private MeasurementOrder Order(ViewSession session) => new(
        host.Dataset, new Editor(new Person("me", "Me"), session.Edits), MaySave: true, new("me", false, "here"), session.Measurements);

    private async Task<(IRenderedComponent<MeasurePanel> Panel, ViewSession Session)> RenderAsync(bool mayEdit = true)
    {
        var id = (await host.AddUserAsync(administrator: true)).ToString();
        var user = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, id)], "test"));
        Services.AddSingleton(host.Measurements);
        Services.AddSingleton(host.Access);
        Services.AddSingleton(new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
        var session = await host.SessionAsync();
        var state = Task.FromResult(new AuthenticationState(user));
        _ = Popovers;
        return (Render<MeasurePanel>(p => p.AddCascadingValue(state).Add(c => c.Session, session).Add(c => c.MayEdit, mayEdit)
            .Add(c => c.By, new Person("me", "Me"))), session);
    }
}
