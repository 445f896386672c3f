using System.Buffers;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Jobs;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace DendriteViewer.Web.Imports;

/// <summary>
/// Brings scans into the store: a source is looked at first, what it is decides what is asked, and what was asked for goes on as a job.
/// </summary>
public sealed partial class ImportPage
{
    private string _path = "", _inside = "", _picture = "";
    private ImportDraft _draft = new();
    private SourceKind? _kind;
    private Inspection? _found;
    private FolderSurvey? _survey;
    private DescribedSurvey? _described;
    private IReadOnlyList<ScanRow>? _rows;
    private RawGuess? _guess;
    private RawVoxels? _raw;
    private string? _error, _rawProblem;
    private bool _isLooking, _wasAsked;
    private bool? _mayImport;
    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();
    private IReadOnlyDictionary<int, string> _rowProblems = new Dictionary<int, string>();

    [Inject]
    private ImportHandler Imports { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    // What comes next stands below the source.
    private bool IsSettled => _found is not null || _rows is not null || _described is not null;

    private bool IsInStore => _path.Trim().StartsWith(VolumeFiles.BlobScheme, StringComparison.Ordinal);

    private bool IsInPlace => IsInStore && _draft.InPlace;

    private bool NeedsVoxel => _found is { } f ? f.Geometry is null
        : _rows?.Any(r => r.IsTaken && r.Found.Geometry is null) == true;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => _mayImport = await Access.IsAdministratorAsync((await Authentication).User);

    private void Point(string path)
    {
        if (path != _path)
        {
            _path = path;
            Forget();
        }
    }

    private void PointInside(string inside)
    {
        _inside = inside;
        Forget();
    }

    private void Forget()
    {
        (_kind, _found, _survey, _described, _rows) = (null, null, null, null, null);
        (_guess, _raw, _error, _rawProblem) = (null, null, null, null);
        (_wasAsked, _draft) = (false, _draft with { Dataset = "", Hours = "" });
        Check();
    }

    private void SetDraft(ImportDraft draft)
    {
        _draft = draft;
        Check();
    }

    private void SetRows(IReadOnlyList<ScanRow> rows)
    {
        _rows = rows;
        Check();
    }

    // Nothing is complained of before somebody asked for the import. A described dataset is not typed in here.
    private void Check()
    {
        _problems = _wasAsked && _described is null
            ? _draft.Problems(_found?.Frames, NeedsVoxel, IsInPlace) : new Dictionary<string, string>();
        _rowProblems = _wasAsked && _rows is not null ? ScanRow.Problems(_rows) : new Dictionary<int, string>();
    }

    private Task LookAsync() => TryAsync(async () =>
    {
        Forget();
        _kind = await Imports.KindAsync(_path, default);
        switch (_kind)
        {
            case SourceKind.Dataset:
                _described = await Imports.SurveyDatasetAsync(_path, default);
                break;
            case SourceKind.Scans:
                _survey = await Imports.SurveyAsync(_path, default);
                _rows = [.. _survey.Scans.Select(ScanRow.Of)];
                Name();
                break;
            case SourceKind.Raw:
                _guess = Imports.GuessRaw(_path);
                break;
            default:
                await InspectAsync();
                break;
        }
    });

    // Typed numbers may not fit the file yet; the sentence says by how much.
    private async Task LookAtRawAsync(RawVoxels? raw)
    {
        (_raw, _found, _rawProblem) = (raw, null, raw is null ? "Give slices, rows and columns." : null);
        if (raw is not null)
        {
            try
            {
                await InspectAsync();
            }
            catch (VolumeFormatException e)
            {
                _rawProblem = e.Message;
            }
        }
    }

    private async Task InspectAsync()
    {
        _found = await Imports.InspectAsync(_path, _inside.Trim() is { Length: > 0 } inside ? inside : null, _raw, default);
        using var slice = _found.MiddleSlice();
        var png = new ArrayBufferWriter<byte>();
        PngEncoder.Encode(slice, png);
        _picture = "data:image/png;base64," + Convert.ToBase64String(png.WrittenSpan);
        Name();
    }

    private void Name()
    {
        var name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(_path.Trim()));
        _draft = _draft.Dataset.Length > 0 ? _draft : _draft with { Dataset = DatasetId.FromName(name).Value };
    }

    private Task StartAsync() => TryAsync(async () =>
    {
        _wasAsked = true;
        Check();
        if (_problems.Count + _rowProblems.Count > 0)
        {
            return;
        }

        var by = (await Authentication).User.PersonOf();
        if (_described is not null)
        {
            await Imports.StartAsync(_path, by);
        }
        else if (_rows is { } rows)
        {
            var taken = rows.Where(r => r.IsTaken).Select(r => new ScanToImport(r.Found.Path, r.Modality, r.Hours!.Value)).ToArray();
            if (taken.Length == 0)
            {
                _error = "No scan is taken; take at least one.";
                return;
            }

            var name = _draft.Name.Trim() is { Length: > 0 } given ? given : null;
            await Imports.StartScansAsync(
                _path, new ScansToImport(_draft.Dataset, name, _draft.VoxelOf(), taken, _draft.WayOf(inPlace: false)), by);
        }
        else
        {
            await Imports.StartVolumeAsync(_path, new VolumeToImport(
                _draft.Dataset, _draft.Modality.Trim(), _draft.HoursOf(_found!.Frames), _draft.VoxelOf(),
                _inside.Trim() is { Length: > 0 } inside ? inside : null, _draft.WayOf(IsInPlace), IsInPlace, _raw), by);
        }

        Leave();
    });

    private void Leave()
    {
        Snackbar.Add("The import runs; it goes on when this page is closed.", Severity.Info);
        Navigation.NavigateTo("/");
    }

    private async Task TryAsync(Func<Task> work)
    {
        (_error, _isLooking) = (null, true);
        StateHasChanged();
        try
        {
            // Asked each time, since the right may have ended while the page was open.
            if (await Access.IsAdministratorAsync((await Authentication).User))
            {
                await work();
            }
            else
            {
                _error = "Importing is not open to you.";
            }
        }
        catch (Exception e)
        {
            _error = Failures.Tell(e);
        }
        finally
        {
            _isLooking = false;
        }
    }
}
