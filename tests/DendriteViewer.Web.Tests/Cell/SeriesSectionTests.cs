using System.Security.Claims;
using Bunit;
using DendriteViewer.Analysis.TimeSeries.Events;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Cell;

/// <summary>The section of series over a real phantom, log and store.</summary>
public sealed class SeriesSectionTests : MudContext
{
    private readonly TestHost _host = new();
    private CellDesk _desk = null!;
    private ViewSession _session = null!;

    public override async Task InitializeAsync()
    {
        DefaultWaitTimeout = TimeSpan.FromSeconds(30);
        await base.InitializeAsync();
        await _host.InitializeAsync();
        _desk = new CellDesk(_host.Store, _host.Lanes, _host.Turns, _host.Budgets, _host.Time);
        _session = await _host.SessionAsync();
        Services.AddSingleton(_desk);
        Services.AddSingleton(new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
    }

    protected override async Task EndAsync()
    {
        await base.EndAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Section_OfAViewer_ShowsCurvesEventsAndChargeAndChangesNothing()
    {
        var section = await RenderAsync(DatasetRole.View);
        Assert.Contains("Voltage", section.Markup);
        Assert.Contains("Plated and stripped", section.Markup);
        Assert.NotEmpty(section.FindAll(".event-table tbody tr"));
        Assert.Empty(section.FindComponents<EventAdder>());
        Assert.DoesNotContain("Add a file", section.Markup);
        Assert.Empty(section.FindAll("[aria-label^='State the clock']"));

        // A row goes to the scan nearest to it; it opens no fields.
        await section.InvokeAsync(() => section.FindAll("[aria-label='Charge of scans'] tbody tr")[2].Click());
        Assert.Equal(3, _session.Current.View.Hours);
        await section.InvokeAsync(() => section.FindAll(".event-table tbody tr")[0].Click());
        Assert.Empty(section.FindComponents<EventEditor>());
    }

    [Fact]
    public async Task Events_AddedMovedAndRestored_AreEntriesOfTheLogAndStepsOfUndo()
    {
        var section = await RenderAsync(DatasetRole.Annotate);
        var found = section.FindAll(".event-table tbody tr").Count;
        await section.InvokeAsync(() => section.FindComponent<EventAdder>().Instance.Change(new AddEvent(EventKind.SoftShort, 0.123)));
        await ShowAsync(section);
        section.WaitForAssertion(() => Assert.Contains("0.123", section.Find(".event-table").TextContent));
        Assert.Equal(found + 1, section.FindAll(".event-table tbody tr").Count);

        await section.InvokeAsync(() => section.FindAll(".event-table tbody tr").First(r => r.TextContent.Contains("0.123")).Click());
        var editor = section.FindComponent<EventEditor>();
        await section.InvokeAsync(() => editor.Instance.Change(new MoveEvent(editor.Instance.Event.Id, 0.2)));
        await ShowAsync(section);
        section.WaitForAssertion(() => Assert.DoesNotContain("0.123", section.Find(".event-table").TextContent));

        // Undo takes the last change back; restoring what was found takes all back, and undo of that brings it again.
        await _session.Edits.UndoAsync(new Person("ada", "Ada"), default);
        await ShowAsync(section);
        section.WaitForAssertion(() => Assert.Contains("0.123", section.Find(".event-table").TextContent));
        await section.InvokeAsync(() => section.FindComponent<EventVersions>().Instance.Restore(0));
        await ShowAsync(section);
        section.WaitForAssertion(() => Assert.Equal(found, section.FindAll(".event-table tbody tr").Count));
        await _session.Edits.UndoAsync(new Person("ada", "Ada"), default);
        await ShowAsync(section);
        section.WaitForAssertion(() => Assert.Contains("0.123", section.Find(".event-table").TextContent));
        Assert.Equal(2, (await _desk.StateAsync(_host.Dataset, default)).EventHistory.Count);
    }

    [Fact]
    public async Task Clock_OfASeriesOfTheDataset_IsStatedTakenBackAndMovesTheCurve()
    {
        var section = await RenderAsync(DatasetRole.Annotate);
        var before = (await _desk.ReportAsync(_host.Dataset, default)).Series.First(s => s.Series.Kind == "current").Series.Hours[1];
        await section.InvokeAsync(() => section.Find("[aria-label='State the clock of current of dataset.json']").Click());
        await section.InvokeAsync(() => section.FindComponent<ClockEditor>().Instance.Save.InvokeAsync(new InstrumentClock(360, 0, 1.2)));
        await ShowAsync(section);
        section.WaitForAssertion(() => Assert.Contains("360.0 ± 1.2 s ahead", section.Markup));
        Assert.Contains("Faraday’s volume of the analysis goes by the clocks that dataset.json states", section.Markup);
        var after = (await _desk.ReportAsync(_host.Dataset, default)).Series.First(s => s.Series.Kind == "current").Series.Hours[1];
        Assert.Equal(before - 0.1, after, 1e-9);
        await _session.Edits.UndoAsync(new Person("ada", "Ada"), default);
        await ShowAsync(section);
        section.WaitForAssertion(() => Assert.DoesNotContain("360.0", section.Markup));
    }

    [Fact]
    public async Task Axis_InCharge_HasNoHoursForOtherPlotsToMark()
    {
        var section = await RenderAsync(DatasetRole.View);
        Assert.NotEmpty(section.FindAll("figure[data-hours]"));
        await section.InvokeAsync(() => section.FindComponent<SeriesBar>().Instance.LookChanged.InvokeAsync(
            SeriesLook.First with { Unit = SeriesAxisUnit.Charge }));
        section.WaitForAssertion(() => Assert.Empty(section.FindAll("figure[data-hours]")));

        // Who opens the section again finds it as it was.
        var again = await RenderAsync(DatasetRole.View);
        Assert.Empty(again.FindAll("figure[data-hours]"));
    }

    [Fact]
    public async Task Event_ChangedBySomebodyWhoseRightEnded_IsRefusedWithASentence()
    {
        var section = await RenderAsync(DatasetRole.View, mayEdit: true);
        var done = true;
        await section.InvokeAsync(async () => done = await section.FindComponent<EventAdder>().Instance.Change(
            new AddEvent(EventKind.Rest, 0.5)));
        Assert.False(done);
        Assert.Contains("not open to you any more", _actions!.Refusal, StringComparison.Ordinal);
    }

    private CellActions? _actions;

    private async Task ShowAsync(IRenderedComponent<SeriesSection> section)
    {
        var state = await _desk.StateAsync(_host.Dataset, default);
        section.Render(p => p.Add(c => c.State, state));
    }

    private async Task<IRenderedComponent<SeriesSection>> RenderAsync(DatasetRole role, bool? mayEdit = null)
    {
        var id = await _host.AddUserAsync();
        await _host.AddMemberAsync(id, role);
        var user = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, id.ToString())], "test"));
        var authentication = Task.FromResult(new AuthenticationState(user));
        _actions = new CellActions(
            _session, _desk, _host.Access, Services.GetRequiredService<Failures>(), authentication);
        JSInterop.SetupModule(_ => true).Mode = JSRuntimeMode.Loose;
        _ = Popovers;
        var state = await _desk.StateAsync(_host.Dataset, default);
        var section = Render<SeriesSection>(p => p.AddCascadingValue(_actions).Add(c => c.Session, _session).Add(c => c.State, state)
            .Add(c => c.MayEdit, mayEdit ?? role >= DatasetRole.Annotate).Add(c => c.ShowsNames, true));
        section.WaitForAssertion(() => Assert.NotEmpty(section.FindAll("figure")));
        return section;
    }
}
