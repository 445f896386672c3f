using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Measurements;

/// <summary>The measurements of the dataset: choose, rename, measure again, delete, export. Others' changes appear by themselves.</summary>
public sealed partial class MeasurePanel
{
    private IReadOnlyList<Measurement>? _all;
    private AnnotationSchema _schema = AnnotationSchema.Empty;
    private string? _problem;
    private string? _error;
    private string _selected = "";
    private object? _kept;
    private LatestReading _reading = null!;

    /// <summary>The session whose view jumps.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>Whether the visitor may annotate, so that measurements are saved.</summary>
    [Parameter]
    public bool MayEdit { get; set; }

    /// <summary>Who measures.</summary>
    [Parameter, EditorRequired]
    public Person By { get; set; } = null!;

    [Inject]
    private MeasurementDesk Desk { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    private Measurement[] Shown => [.. (_all ?? []).Where(m => Session.Labels.Shows(m.Labels))];

    private Measurement? Selected => _all?.FirstOrDefault(m => m.Id == Session.Current.View.Selected);

    /// <inheritdoc/>
    public void Dispose()
    {
        Desk.Log.Changed -= OnLog;
        Desk.Schemas.Changed -= OnLog;
        Session.Labels.Changed -= OnLabels;
        Session.Changed -= OnView;
        Session.Measurements.Changed -= OnPage;
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _reading = new LatestReading(ReadOnceAsync);
        Desk.Log.Changed += OnLog;
        Desk.Schemas.Changed += OnLog;
        Session.Labels.Changed += OnLabels;
        Session.Changed += OnView;
        Session.Measurements.Changed += OnPage;
        _kept = Session.Measurements.Kept;
        await ReadAsync();
    }

    private Task ReadAsync() => _reading.RunAsync();

    // Somebody whose link was revoked may still have the page open.
    private async Task ReadOnceAsync()
    {
        try
        {
            var grant = await GrantAsync();
            IReadOnlyList<Measurement> saved = grant is null
                ? [] : MeasurementRules.For(grant, await Desk.Log.ListAsync(Session.Dataset));
            _schema = await Desk.Schemas.OfAsync(Session.Dataset);
            (_all, _problem) = ([.. saved, .. Session.Measurements.Kept], null);
        }
        catch (Exception e)
        {
            _problem = Failures.Tell(e);
        }
    }

    private async Task<DatasetGrant?> GrantAsync() =>
        Authentication is null ? null : await Access.GrantAsync((await Authentication).User, Session.Dataset.Identity);

    private void OnLabels() => _ = InvokeAsync(StateHasChanged);

    private void OnLog(DatasetIdentity id)
    {
        // What is shown as it was does not change.
        if (id == Session.Dataset.Identity && Session.Dataset.Kept is null)
        {
            Again();
        }
    }

    // Progress of what is being computed needs no list.
    private void OnPage()
    {
        var kept = Session.Measurements.Kept;
        if (ReferenceEquals(Interlocked.Exchange(ref _kept, kept), kept))
        {
            _ = InvokeAsync(StateHasChanged);
        }
        else
        {
            Again();
        }
    }

    private void Again() => _ = InvokeAsync(async () =>
    {
        await ReadAsync();
        StateHasChanged();
    });

    private void OnView(ViewRevision revision, object? by)
    {
        if (revision.View.Selected != _selected)
        {
            _selected = revision.View.Selected;
            _ = InvokeAsync(StateHasChanged);
        }
    }

    // To the measurement's time and place; its plane too, where the slices lie along the axes and it lies along them.
    private void Jump(Measurement m) => Session.Go(
        v =>
        {
            var points = m.PointsUm.Select(MeasurementRules.PointOf).ToArray();
            var middle = m.Kind is MeasurementKind.Circle or MeasurementKind.Sphere ? points[0]
                : new WorldPoint(points.Average(p => p.Z), points.Average(p => p.Y), points.Average(p => p.X));
            var isThere = Session.Dataset.Find(m.Modality, m.Hours) is not null;
            return v with
            {
                Selected = m.Id, Focus = middle, Center = middle, Hours = isThere ? m.Hours : v.Hours,
                Modality = isThere ? m.Modality : v.Modality,
            };
        }, this);

    private void Look(WorldPoint at) => Session.Go(v => v with { Focus = at }, this);

    private bool MayChange(Measurement m) => MayEdit || Session.Measurements.IsKept(m.Id);

    private string Address(string below) => FrozenLinks.AddressOf(
        Session.Dataset, $"/api/datasets/{Session.Dataset.Id}/measurements{below}?session={Session.Id}");

    private string SeriesHref(Measurement m) => Address($"/{m.Id}/csv");

    private Task RenameAsync(Measurement m) => TryAsync(order => Desk.RenameAsync(order, m, default));

    private Task<DraftOutcome> SaveNameAsync(Measurement m, string begun, string text) =>
        SaveAsync(m, x => x.Label, begun, x => x with { Label = text });

    private Task<DraftOutcome> SaveNoteAsync(Measurement m, string begun, string text) =>
        SaveAsync(m, x => x.Note, begun, x => x with { Note = text });

    private Task<DraftOutcome> SaveValueAsync(Measurement m, string field, string begun, FieldValue? value) =>
        SaveAsync(m, x => x.Fields[field]?.ToString() ?? "", begun, x => x with { Fields = x.Fields.With(field, value) });

    // Those of what is saved are given by the page's script.
    private Func<ValueList<string>, Task<string?>>? LabelsOf(Measurement m) =>
        Session.Measurements.IsKept(m.Id) ? labels => SaveLabelsAsync(m, labels) : null;

    private async Task<string?> SaveLabelsAsync(Measurement m, ValueList<string> labels)
    {
        await RenameAsync(m with { Labels = labels });
        return Interlocked.Exchange(ref _error, null);
    }

    // What somebody else wrote meanwhile is not overwritten.
    private async Task<DraftOutcome> SaveAsync(
        Measurement m, Func<Measurement, string> read, string begun, Func<Measurement, Measurement> write)
    {
        if (_all?.FirstOrDefault(x => x.Id == m.Id) is not { } now)
        {
            return DraftOutcome.Refused("It was deleted meanwhile; what you typed stays here.");
        }

        var wanted = write(now);
        if (read(now) != begun && read(now) != read(wanted))
        {
            return DraftOutcome.Conflict(read(now));
        }

        await RenameAsync(wanted);
        return Interlocked.Exchange(ref _error, null) is { } refusal ? DraftOutcome.Refused(refusal) : DraftOutcome.Kept(read(wanted));
    }

    private Task MeasureAsync(Measurement m) => TryAsync(order => Desk.MeasureAsync(order, m, default));

    private Task DeleteAsync(Measurement m) => TryAsync(order => Desk.DeleteAsync(order, m.Id, default));

    // The right to annotate may have ended since the page was opened, so it is asked for each time.
    private async Task TryAsync(Func<MeasurementOrder, Task> edit)
    {
        _error = null;
        try
        {
            if (Authentication is null || await GrantAsync() is not { } grant)
            {
                _error = "This dataset is not open to you any more.";
                return;
            }

            var client = ClientKeys.OfPage((await Authentication).User);
            await edit(new MeasurementOrder(
                Session.Dataset, new Editor(By, Session.Edits), grant.Role >= DatasetRole.Annotate && Session.Dataset.Kept is null,
                client, Session.Measurements));
        }
        catch (OperationCanceledException)
        {
            // Somebody cancelled it; nothing was changed.
        }
        catch (Exception e)
        {
            _error = Failures.Tell(e);
        }
    }
}
