using System.Globalization;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Analysis;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Forms;

namespace DendriteViewer.Web.Annotations;

/// <summary>The sites of the dataset: filter, sort, jump, edit. Every change is saved at once; others' changes appear by themselves.</summary>
public sealed partial class SitesPanel
{
    private IReadOnlyList<Site> _sites = [];
    private IReadOnlyList<Site> _found = [];
    private AgreementFinding? _agreement;
    private string _filter = "";
    private string _status = "";
    private string? _error;
    private string _selected = "";

    /// <summary>The session whose view jumps.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>Whether the visitor may annotate.</summary>
    [Parameter]
    public bool MayEdit { get; set; }

    /// <summary>Who edits.</summary>
    [Parameter, EditorRequired]
    public Person By { get; set; } = null!;

    [Inject]
    private SiteLog Log { get; set; } = null!;

    [Inject]
    private Analyses Analyses { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    private Editor Editor => new(By, Session.Edits);

    private Site? Selected => _sites.FirstOrDefault(s => s.Id == Session.Current.View.Selected);

    private IEnumerable<Site> Shown => _sites.Where(s =>
        (_status.Length == 0 || s.Status.ToString() == _status)
        && (_filter.Length == 0 || $"{s.Label} {s.Note} {s.Author}".Contains(_filter, StringComparison.OrdinalIgnoreCase)));

    // As tall as its rows, up to a part of the page.
    private string GridHeight => string.Create(CultureInfo.InvariantCulture, $"min(38vh, {44 + 34 * Math.Max(1, Shown.Count())}px)");

    /// <inheritdoc/>
    public void Dispose()
    {
        Log.Changed -= OnLog;
        Analyses.Changed -= OnLog;
        Session.Changed -= OnView;
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Log.Changed += OnLog;
        Session.Changed += OnView;
        Analyses.Changed += OnLog;
        await ReadAsync();
    }

    // Somebody whose link was revoked may still have the page open.
    private async Task ReadAsync()
    {
        var grant = await GrantAsync();
        var may = grant is not null;
        _sites = grant is null ? [] : SiteRules.For(grant, await Log.ListAsync(Session.Dataset.Identity));
        _found = may ? await FoundAsync() : [];
        _agreement = may ? Agreement.Of(await Log.HistoryAsync(Session.Dataset.Identity, default), ReachUm) : null;
    }

    // Marks so near to one another are of one place.
    private double ReachUm
    {
        get
        {
            var voxel = Session.Volume(Session.Current.View).VoxelSize;
            return 4 * Math.Max(voxel.Z, Math.Max(voxel.Y, voxel.X));
        }
    }

    // What the analysis found and nobody has marked, or judged, within a few voxels.
    private async Task<IReadOnlyList<Site>> FoundAsync()
    {
        try
        {
            var view = Session.Current.View;
            var result = await Analyses.ResultAsync(Session.Dataset, view.Modality, default);
            return (result?.Sites ?? []).Where(f => !_sites.Any(s =>
                (new WorldPoint(s.ZUm, s.YUm, s.XUm) - new WorldPoint(f.CenterUm[0], f.CenterUm[1], f.CenterUm[2])).Length <= ReachUm + s.RadiusUm)).Select(f => new Site
                {
                    Id = "", ZUm = f.CenterUm[0], YUm = f.CenterUm[1], XUm = f.CenterUm[2], Hours = f.BornHours, Modality = result!.Recipe.Modality, RadiusUm = Math.Max(2, f.RadiusUm),
                    Label = "A" + f.Id[1..], Author = Agreement.Analysis,
                    Note = $"Found by the analysis {result.RecipeHash}: {F(f.Volumes[0].Um3, "0")} µm³ at birth" + (f.NearestVoidUm is { } d ? $", {F(d, "0.0")} µm from a void of {F(f.NearestVoidDiameterUm ?? 0, "0.0")} µm." : "."),
                }).ToArray();
        }
        catch (VolumeFormatException)
        {
            return [];
        }
    }

    private Task ProposeAsync() => TryAsync(() => Log.ProposeAsync(Session.Dataset, _found, Editor, default));

    private async Task<DatasetGrant?> GrantAsync() =>
        Authentication is null ? null : await Access.GrantAsync((await Authentication).User, Session.Dataset.Identity);

    private void OnLog(DatasetIdentity id)
    {
        if (id == Session.Dataset.Identity)
        {
            _ = InvokeAsync(async () =>
            {
                await ReadAsync();
                StateHasChanged();
            });
        }
    }

    private void OnView(ViewRevision revision, object? by)
    {
        if (revision.View.Selected != _selected)
        {
            _selected = revision.View.Selected;
            _ = InvokeAsync(StateHasChanged);
        }
    }

    private void Jump(Site site) => Session.Update(
        v =>
        {
            var at = new WorldPoint(site.ZUm, site.YUm, site.XUm);
            return v with { Selected = site.Id, Focus = at, Center = at, Hours = Math.Max(site.Hours, v.Hours), Modality = site.Modality.Length > 0 ? site.Modality : v.Modality };
        }, this);

    private Task ChangeAsync(Site site) => TryAsync(() => Log.ChangeAsync(Session.Dataset, site, Editor, default));

    private Task DeleteAsync(Site site) => TryAsync(() => Log.DeleteAsync(Session.Dataset.Identity, site.Id, Editor, default));

    private Task UndoAsync() => TryAsync(async () =>
        _error = Told(await Session.Edits.UndoAsync(By, default), "There is no edit of this page to undo."));

    private Task RedoAsync() => TryAsync(async () =>
        _error = Told(await Session.Edits.RedoAsync(By, default), "There is no edit of this page to redo."));

    private static string? Told(EditStepResult? step, string otherwise) => step is null ? otherwise : step.Warning;

    private Task ImportAsync(InputFileChangeEventArgs e) => TryAsync(async () =>
    {
        using var reader = new StreamReader(e.File.OpenReadStream(SiteFiles.MostBytes));
        var lines = SiteFiles.Read(await reader.ReadToEndAsync(), e.File.Name);
        var report = await Log.ImportAsync(Session.Dataset, lines, new ImportChoice(), Editor, default);
        _error = report.Refusal(e.File.Name);
    });

    // The right to edit may have ended since the page was opened, so it is asked for each time.
    private async Task TryAsync(Func<Task> edit)
    {
        _error = null;
        try
        {
            if (!((await GrantAsync())?.Role >= DatasetRole.Annotate))
            {
                _error = "Annotating is not open to you any more.";
                return;
            }

            await edit();
        }
        catch (Exception e)
        {
            _error = Failures.Tell(e);
        }
    }

    private static string F(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
