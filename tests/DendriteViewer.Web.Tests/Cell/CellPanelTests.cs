using System.Security.Claims;
using System.Text;
using Bunit;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Impedance;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Cell;

/// <summary>The cell's tab over a real log and store.</summary>
public sealed class CellPanelTests : MudContext
{
    private static readonly Person s_ada = new("ada", "Ada");
    private readonly TestHost _host = new();
    private CellDesk _desk = null!;
    private ViewSession _session = null!;

    public override async Task InitializeAsync()
    {
        DefaultWaitTimeout = TimeSpan.FromSeconds(60);
        await base.InitializeAsync();
        await _host.InitializeAsync();
        _desk = new CellDesk(_host.Store, _host.Lanes, _host.Turns, _host.Budgets, _host.Time);
        _session = await _host.SessionAsync();
    }

    protected override async Task EndAsync()
    {
        await base.EndAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Panel_OfAnEmptyCell_OffersFilesToWhoMayAnnotateAlone()
    {
        var viewer = await RenderAsync(DatasetRole.View);
        viewer.WaitForAssertion(() => Assert.Contains("Plated and stripped", viewer.Markup));
        Assert.DoesNotContain("Add a file", viewer.Markup);
        var annotator = await RenderAsync(DatasetRole.Annotate);
        annotator.WaitForAssertion(() => Assert.Contains("Add a file", annotator.Markup));
        Assert.True(_session.Cell.IsShown);
        Assert.Contains("&cell=series", _session.Link);
    }

    [Fact]
    public async Task File_ThatIsChosen_IsAddedOrRefusedInTheReadersWords()
    {
        _session.Cell.Show(new CellOpen(CellSection.Impedance));
        var panel = await RenderAsync(DatasetRole.Annotate);
        panel.WaitForAssertion(() => Assert.Contains("No impedance yet", panel.Markup));
        Upload("nothing.csv", "no table");
        panel.WaitForAssertion(() => Assert.Contains("nothing.csv", panel.Find("[role=alert]").TextContent));
        Upload("sweep.csv", CellApiTests.Sweep());
        panel.WaitForAssertion(() => Assert.Single(panel.FindAll("[data-cell-file]")));
        Assert.Empty(panel.FindAll("[role=alert]"));
        Assert.Equal("add sweep.csv", _session.Edits.Counts.UndoName);
        await _session.Edits.UndoAsync(s_ada, default);
        panel.WaitForAssertion(() => Assert.Empty(panel.FindAll("[data-cell-file]")));

        void Upload(string name, string content) =>
            panel.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText(content, name));
    }

    [Fact]
    public async Task Scan_ThatIsChosen_ChoosesTheNearestSweep()
    {
        var text = string.Concat(new[] { 0, 1.4, 3.1 }.Select(
            h => FormattableString.Invariant($"# hours: {h}\n") + CellApiTests.Sweep(5 + h)));
        var file = await _desk.AddAsync(_session.Dataset, CellFileKind.Impedance, "three.csv", Content(text), s_ada, default);
        _session.Cell.Show(new CellOpen(CellSection.Impedance));
        var panel = await RenderAsync(DatasetRole.View);
        panel.WaitForAssertion(() => Assert.Contains("three.csv", panel.Markup));
        _session.Update(v => v with { Hours = 3 }, null);
        panel.WaitForAssertion(() => Assert.Equal((file.Id, 2), (_session.Cell.Open.File, _session.Cell.Open.Item)));
        Assert.EndsWith($"&cell=impedance:{file.Id:N}:2", _session.Link);

        // Who chose a sweep goes to its scan, and keeps the sweep.
        _session.Cell.Show(new CellOpen(CellSection.Impedance, file.Id, 0));
        await _session.Cell.GoToAsync(1.2);
        Assert.Equal((1.5, 0), (_session.Current.View.Hours, _session.Cell.Open.Item));
    }

    [Fact]
    public async Task Panel_OfADamagedLog_SaysWhichEntryAndOffersToTryAgain()
    {
        await _desk.ChangeAsync(_session.Dataset, new SetSettings("a", "{}"), s_ada, default);
        var name = BlobNames.CellLog(_session.Dataset.Id, _session.Dataset.Identity) + "00000001.json";
        var kept = await _host.Store.Blobs.TryReadAsync(name, default);
        await _host.Store.Blobs.WriteAsync(name, "{}"u8.ToArray(), default);
        _desk = new CellDesk(_host.Store, _host.Lanes, _host.Turns, _host.Budgets, _host.Time);
        var panel = await RenderAsync(DatasetRole.Annotate);
        panel.WaitForAssertion(() => Assert.Contains("00000001.json is damaged", panel.Markup));
        await _host.Store.Blobs.WriteAsync(name, kept, default);
        await panel.InvokeAsync(() => panel.FindAll("button").First(b => b.TextContent.Trim() == "Try again").Click());
        panel.WaitForAssertion(() => Assert.Contains("Add a file", panel.Markup));
    }

    [Fact]
    public async Task Panel_WhoseStoreFailsForAMoment_KeepsItsSectionAndSaysSo()
    {
        _session.Cell.Show(new CellOpen(CellSection.Impedance));
        var panel = await RenderAsync(DatasetRole.Annotate);
        panel.WaitForAssertion(() => Assert.Contains("No impedance yet", panel.Markup));
        var section = panel.FindComponent<ImpedanceSection>().Instance;
        var name = BlobNames.CellLog(_session.Dataset.Id, _session.Dataset.Identity) + "00000002.json";
        await _desk.ChangeAsync(_session.Dataset, new SetSettings("a", "{}"), s_ada, default);
        await _host.Store.Blobs.WriteAsync(name, "{}"u8.ToArray(), default);
        _session.Update(v => v with { Hours = 3 }, null);
        panel.WaitForAssertion(() => Assert.Contains("00000002.json is damaged", panel.Find("[role=alert]").TextContent));
        Assert.Same(section, panel.FindComponent<ImpedanceSection>().Instance);
        await _host.Store.Blobs.DeleteAsync(name, default);
        await panel.InvokeAsync(() => panel.FindAll("button").First(b => b.TextContent.Trim() == "Try again").Click());
        panel.WaitForAssertion(() => Assert.Empty(panel.FindAll("[role=alert]")));
    }

    [Fact]
    public async Task Link_ToWhatIsOpen_OpensItAndSaysWhatCannotBeReadOrIsGone()
    {
        var file = await _desk.AddAsync(
            _session.Dataset, CellFileKind.Impedance, "a.csv", Content(CellApiTests.Sweep()), s_ada, default);
        var opened = await OpenAsync($"?cell=impedance:{file.Id:N}:0");
        Assert.Equal((true, new CellOpen(CellSection.Impedance, file.Id, 0)), (opened.Cell.IsShown, opened.Cell.Open));
        Assert.Empty(opened.Remarks);
        foreach (var damaged in new[] { "pictures", "impedance:7", $"impedance:{file.Id:N}:-1", $"impedance:{file.Id:N}:0:0", "" })
        {
            var other = await OpenAsync("?t=3&cell=" + damaged);
            Assert.Contains("(cell)", Assert.Single(other.Remarks).Text);
            Assert.Equal((false, 3.0), (other.Cell.IsShown, other.Current.View.Hours));
        }

        await _desk.ChangeAsync(_session.Dataset, new RemoveFile(file.Id), s_ada, default);
        _session = opened;
        var panel = await RenderAsync(DatasetRole.View);
        panel.WaitForAssertion(() => Assert.Contains("does not belong to this cell any more", panel.Markup));

        async Task<ViewSession> OpenAsync(string query) =>
            (await _host.Sessions.HoldAsync(Guid.NewGuid().ToString("N"), "me", _host.Dataset, query, default))!;
    }

    private static MemoryStream Content(string text) => new(Encoding.UTF8.GetBytes(text));

    private async Task<IRenderedComponent<CellPanel>> RenderAsync(DatasetRole role)
    {
        if (Services.All(s => s.ServiceType != typeof(CellDesk)))
        {
            Services.AddSingleton(_desk);
            Services.AddSingleton(_host.Access);
            Services.AddSingleton(_host.Budgets);
            Services.AddSingleton(new ImpedanceFits(_host.Turns, _host.Lanes));
            Services.AddSingleton(new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
        }

        var id = await _host.AddUserAsync();
        await _host.AddMemberAsync(id, role);
        var user = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, id.ToString())], "test"));
        _ = Popovers;
        return Render<CellPanel>(p => p.AddCascadingValue(Task.FromResult(new AuthenticationState(user)))
            .Add(c => c.Session, _session).Add(c => c.MayEdit, role >= DatasetRole.Annotate).Add(c => c.By, s_ada));
    }
}
