using System.Globalization;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Analysis;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Masks;

/// <summary>What somebody asks of a mask's versions.</summary>
/// <param name="Kind">Save, restore, choose or carry.</param>
/// <param name="Version">Which version, of those that exist.</param>
/// <param name="Note">Of a new version.</param>
public sealed record MaskWish(MaskEntryKind Kind, int Version = 0, string? Note = null);

/// <summary>
/// The mask of the timestep that is shown: which version numbers rest on, and its correction by hand. Strokes themselves are the browser's
/// (wwwroot/masks/brush.js) and come by the API; what they changed appears here as it does for everybody.
/// </summary>
public sealed partial class MaskSection
{
    private MaskSummary? _summary;
    private double _summaryHours;
    private LatestReading _reading = null!;
    private IReadOnlyList<string> _stale = [];
    private string? _problem, _refusal;
    private bool _isOpen;
    private bool _compares;
    private bool _showsNames;
    private (double Hours, object? Result) _read;
    private (Overlay? Overlay, VolumeMode Mode)? _before;
    private IDisposable? _watch;

    /// <summary>The panel's desk, with a result.</summary>
    [Parameter, EditorRequired]
    public AnalysisDesk Desk { get; set; } = null!;

    /// <summary>Whether the visitor may correct masks.</summary>
    [Parameter]
    public bool MayCorrect { get; set; }

    /// <summary>Whether the visitor may run an analysis, and so choose what numbers rest on.</summary>
    [Parameter]
    public bool MayRun { get; set; }

    /// <summary>Called to run the analysis.</summary>
    [Parameter]
    public EventCallback Run { get; set; }

    [Inject]
    private MaskDesk Masks { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    private ViewSession Session => Desk.Session;

    private double Hours => Session.Volume(Desk.View).Key.Hours;

    private AnalysisResult R => Desk.State.Result!;

    private string Described => MaskUse.Describe(R.MaskAt(Hours), _showsNames);

    private double AutomaticUm3 => R.MaskAt(Hours)?.AutomaticUm3 ?? R.Lithium.FirstOrDefault(l => l.Hours == Hours)?.MeasuredUm3 ?? 0;

    private double AddedUm3 => _summary!.AddedVoxels * _summary.VoxelUm3;

    private double RemovedUm3 => _summary!.RemovedVoxels * _summary.VoxelUm3;

    private bool IsCorrected => _summary is { } s && (s.State.Strokes.Count > 0 || s.State.Versions.Count > 0);

    // Some voxels across, to begin with.
    private double StartRadius => Math.Round(4 * Session.Volume(Desk.View).VoxelSize.Least, 3);

    // A twentieth of what the window shows, in two digits.
    private double StartTolerance => double.Parse(
        ((Desk.View.WindowHigh - Desk.View.WindowLow) / 20).ToString("G2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch?.Dispose();
        PutBack();
    }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _reading = new LatestReading(async () =>
        {
            await ReadOnceAsync(Hours, R);
            StateHasChanged();
        });
        _watch = Masks.Watch(Session, () => _ = InvokeAsync(ReadAsync));
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_read == (Hours, R))
        {
            return;
        }

        // What is shown of a timestep is what its buttons act on, so that nothing of the one before is left.
        if (_read.Hours != Hours)
        {
            (_summary, _problem, _refusal) = (null, null, null);
        }

        _read = (Hours, R);
        await ReadAsync();
    }

    private Task ReadAsync() => _reading.RunAsync();

    private async Task ReadOnceAsync(double hours, AnalysisResult result)
    {
        var (summary, stale, problem, showsNames) = ((MaskSummary?)null, (IReadOnlyList<string>)[], (string?)null, false);
        try
        {
            if (await GrantAsync() is { } grant)
            {
                showsNames = grant.SeesNames;
                summary = await Masks.SummaryAsync(Session.Dataset, hours, default);
                stale = await Masks.StaleAsync(Session.Dataset, result, default);
            }
            else
            {
                problem = "This dataset is not open to you any more.";
            }
        }
        catch (Exception e)
        {
            problem = Failures.Tell(e);
        }

        // Another timestep is shown by now, and is read next.
        if (hours == Hours)
        {
            (_summary, _summaryHours, _stale, _problem, _showsNames) = (summary, hours, stale, problem, showsNames);
        }
    }

    private async Task<DatasetGrant?> GrantAsync() =>
        Authentication is null ? null : await Access.GrantAsync((await Authentication).User, Session.Dataset.Identity);

    // The right may have ended since the page was opened, so it is asked for each time.
    // A refusal is told beside what was asked, which stays as it was typed.
    private async Task<bool> AskAsync(MaskWish wish)
    {
        _refusal = null;
        try
        {
            var hours = _summaryHours;
            var needed = wish.Kind == MaskEntryKind.Choose ? DatasetRole.Curate : DatasetRole.Annotate;
            if (!((await GrantAsync())?.Role >= needed))
            {
                _refusal = "Correcting masks of this dataset is not open to you any more.";
                return false;
            }

            // What was asked for is of the mask that was shown when it was.
            var user = (await Authentication!).User;
            Masks.Spend(user, wish.Kind);
            var (dataset, by) = (Session.Dataset, user.PersonOf());
            switch (wish.Kind)
            {
                case MaskEntryKind.Save:
                    await Masks.SaveAsync(dataset, hours, wish.Note, by, default);
                    break;
                case MaskEntryKind.Restore:
                    await Masks.RestoreAsync(dataset, hours, wish.Version, by, default);
                    break;
                case MaskEntryKind.Carry:
                    await Masks.CarryAsync(dataset, hours, by, default);
                    break;
                default:
                    await Masks.ChooseAsync(dataset, hours, wish.Version, by, default);
                    break;
            }

            await ReadAsync();
            return true;
        }
        catch (Exception e)
        {
            _refusal = Failures.Tell(e);
            return false;
        }
        finally
        {
            StateHasChanged();
        }
    }

    // With the recipe that made the masks: another one would make others, on which nothing was corrected.
    private Task UpdateAsync()
    {
        Desk.EndTrial();
        Desk.Set(s => s with { Recipe = R.Recipe });
        return Run.InvokeAsync();
    }

    private void Open()
    {
        _isOpen = true;
        Desk.Clear();
        _before = (IsShown(Desk.View) ? null : Desk.View.Overlay, Desk.View.Mode);
        Show();
    }

    private void Close()
    {
        _isOpen = false;
        PutBack();
    }

    private void Compare(bool compares)
    {
        _compares = compares;
        Show();
    }

    private void Show() => Session.Update(
        v => v with { Overlay = MaskLooks.Layer(LabelModality.Lithium, _compares), Mode = VolumeMode.Composite }, this);

    private void PutBack()
    {
        if (_before is var (overlay, mode))
        {
            _before = null;
            Session.Update(v => IsShown(v) ? v with { Overlay = overlay, Mode = mode } : v, this);
        }
    }

    private static bool IsShown(ViewState view) => view.Overlay?.Modality == LabelModality.Lithium + CorrectedMask.ShownSuffix;

    /// <summary>A volume in µm³ without its unit: two decimals at most, none from 100 on.</summary>
    internal static string Number(double um3) =>
        um3 < 100 ? um3.ToString("0.##", CultureInfo.InvariantCulture) : NumberText.Grouped(um3, 0);

    // The unit stays with its number where a line breaks.
    private static string Um3(double um3) => Number(um3) + "\u00a0µm³";

    private string MadeOf(int strokes) =>
        $": {Um3(AutomaticUm3)} automatic, {Um3(AddedUm3)} added, {Um3(RemovedUm3)} removed by {Strokes(strokes)}";

    private static string Strokes(int count) => count == 1 ? "1 stroke" : $"{count} strokes";
}
