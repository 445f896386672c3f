using System.Runtime.InteropServices;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Bunit;
using DendriteViewer.Imaging.Datasets;
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
    public void Tag_OfAScan_ChangesWithTheInterfaceWhereThereIsOne()
    {
        var (dataset, scan) = (host.Dataset, host.Dataset.Volumes[0]);
        var corrected = dataset with { Depth = dataset.Depth with { InterfaceUm = dataset.Depth.InterfaceUm + 5, Surface = null } };
        Assert.True(dataset.HasInterface);
        Assert.Equal(Measurer.TagOf(dataset, scan), Measurer.TagOf(dataset with { Depth = dataset.Depth with { } }, scan));
        Assert.NotEqual(Measurer.TagOf(dataset, scan), Measurer.TagOf(corrected, scan));

        // Without an interface there are no depths, and tags stay what they were before depths counted.
        var (before, after) = (WithoutInterface(dataset), WithoutInterface(corrected));
        byte[] known = [.. Encoding.UTF8.GetBytes($"{scan.CacheKey}\n{scan.MetadataSha256}\n"),
            .. MemoryMarshal.AsBytes(scan.Transform.Rows)];
        var tag = Convert.ToHexStringLower(SHA256.HashData(known))[..16];
        Assert.Equal((tag, tag), (Measurer.TagOf(before, scan), Measurer.TagOf(after, scan)));
    }

    [Fact]
    public async Task Measurement_WithoutAnInterface_HasNoDepths()
    {
        var measurer = new Measurer(null!, null!, null!, null!);
        var ruler = new Measurement
        {
            Kind = MeasurementKind.Ruler, PointsUm = [[96, 96, 96], [96, 96, 126]], Hours = s_circle.Hours, Modality = s_circle.Modality,
        };
        var bare = WithoutInterface(host.Dataset);
        var deep = await measurer.MeasureAsync(host.Dataset, ruler, null!, null, default);
        var flat = await measurer.MeasureAsync(bare, ruler, null!, null, default);
        Assert.Equal((2, 0), (deep.Result!.DepthsUm.Length, flat.Result!.DepthsUm.Length));
        Assert.Contains(MeasurementNumbers.Of(deep), n => n.Name == "Depths");
        Assert.DoesNotContain(MeasurementNumbers.Of(flat), n => n.Name == "Depths");
        Assert.Equal(["", ""], new[] { deep, flat }.Select(m => DepthCell(MeasurementFiles.ToCsv([m], bare))));
        Assert.NotEqual("", DepthCell(MeasurementFiles.ToCsv([deep], host.Dataset)));

        static string DepthCell(string csv)
        {
            var lines = csv.Split("\r\n");
            return lines[1].Split(',')[Array.IndexOf(lines[0].Split(','), "depths_um")];
        }
    }

    private static Dataset WithoutInterface(Dataset dataset) => dataset with { Manifest = dataset.Manifest with { Depth = null } };

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
        Services.AddSingleton(host.History);
        Services.AddSingleton(host.Access);
        Services.AddSingleton(new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
        var session = await host.SessionAsync();
        var state = Task.FromResult(new AuthenticationState(user));
        _ = Popovers;
        return (Render<MeasurePanel>(p => p.AddCascadingValue(state).Add(c => c.Session, session).Add(c => c.MayEdit, mayEdit)
            .Add(c => c.By, new Person("me", "Me"))), session);
    }
}
