using System.Globalization;
using DendriteViewer.Imaging.Analysis;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Analysis;

/// <summary>
/// The analysis beside the pictures: what is clicked here is seen there. A threshold that is tried moves the profile and the pictures at
/// once and keeps nothing; running the analysis keeps it.
/// </summary>
public sealed partial class AnalysisPanel
{
    private static readonly (LithiumColors, string)[] s_colors = [(LithiumColors.Birth, "time of birth"), (LithiumColors.Piece, "piece"), (LithiumColors.Depth, "depth")];

    private readonly CancellationTokenSource _closed = new();
    private AnalysisResult? _result;
    private AnalysisRecipe _recipe = new();
    private IReadOnlyList<(double X, double Value)> _scan = [(0, 0)];
    private BandFindings? _band;
    private Band _bandOf;
    private VoidFindings? _preview;
    private Task<ExperimentAnalysis>? _look;
    private Job? _job;
    private string? _error;
    private double? _tried;
    private bool _trying;
    private int _tries;
    private double _binUm = 20;
    private double _ghost = 0.03;
    private LithiumColors? _lithiumShown;
    private Bar? _picked;
    private string? _site;
    private TransferFunction? _before;
    private IReadOnlyList<Bar> _bars = [];
    private IReadOnlyList<string> _fills = [];
    private IReadOnlyList<Point> _lithium = [];
    private IReadOnlyList<Point> _faraday = [];

    /// <summary>The session whose view is set.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>Whether the person may run an analysis.</summary>
    [Parameter]
    public bool MayRun { get; set; }

    /// <summary>Who runs it.</summary>
    [Parameter]
    public Person By { get; set; } = null!;

    [Inject]
    private Analyses Analyses { get; set; } = null!;

    [Inject]
    private JobBoard Jobs { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    private ViewState View => Session.Current.View;

    private VoidFindings Profiled => _preview ?? _result!.Voids;

    private double Threshold => _tried ?? _result!.Threshold;

    private double ScanStep => Math.Max(1, (View.Band.ToUm - View.Band.FromUm) / 2);

    // The slider spans what the two sides of the threshold may be: from the darkest to the electrolyte.
    private double Least => Session.Volume(View).Least;

    private double Most => _result!.Threshold + 2 * (_result.Threshold - Least);

    private string Estimate
    {
        get
        {
            // Measured: 256³ × 8 in ten seconds on two cores.
            var voxels = Session.Dataset.Volumes.Where(v => v.Key.Modality == View.Modality).Sum(v => (double)v.Shape.Count);
            var seconds = Math.Max(5, voxels / 1.3e7);
            return seconds < 90 ? $"{5 * Math.Ceiling(seconds / 5):0} seconds" : $"{Math.Ceiling(seconds / 60):0} minutes";
        }
    }

    /// <summary>A bar of the profile.</summary>
    public sealed record Bar(string Label, ProfileBin Bin)
    {
        /// <summary>Its height.</summary>
        public double Percent => Bin.PercentOfElectrolyte;
    }

    /// <summary>A point of a curve.</summary>
    public sealed record Point(double Hours, double Value);

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Changed -= OnView;
        Analyses.Changed -= OnResult;
        Jobs.Changed -= OnJobs;
        _closed.Cancel();
        _closed.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Session.Changed += OnView;
        Analyses.Changed += OnResult;
        Jobs.Changed += OnJobs;
        _job = Analyses.Newest(Session.Dataset.Identity);
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        var before = _result;
        try
        {
            _result = await Analyses.ResultAsync(Session.Dataset, View.Modality, _closed.Token);
        }
        catch (VolumeFormatException e)
        {
            _error = e.Message;
        }

        // A dataset may have changed without another result, or the same result be told of twice: what somebody tries then stays.
        if (!IsSame(before, _result))
        {
            (_preview, _tried, _look, _recipe) = (null, null, null, _result?.Recipe ?? _recipe);
        }

        Draw();
    }

    private static bool IsSame(AnalysisResult? a, AnalysisResult? b) => a is not null && b is not null
        && (a.DatasetIdentity, a.RecipeHash, a.Threshold, a.Interface, a.Lithium.Count, a.Voids.Voids.Count, a.Sites.Count)
            == (b.DatasetIdentity, b.RecipeHash, b.Threshold, b.Interface, b.Lithium.Count, b.Voids.Voids.Count, b.Sites.Count);

    private void Draw()
    {
        if (_result is not { } r)
        {
            return;
        }

        _bars = Profiled.Profile(_binUm).Select(b => new Bar(F(b.FromUm, "0.#"), b)).ToArray();
        _fills = _bars.Select(b => _picked is null || b.Label == _picked.Label ? "var(--void)" : "color-mix(in srgb, var(--void) 35%, transparent)").ToArray();
        _lithium = r.Lithium.Select(l => new Point(l.Hours, l.MeasuredUm3)).ToArray();
        _faraday = r.Lithium.Where(l => l.FaradayUm3 is not null).Select(l => new Point(l.Hours, l.FaradayUm3!.Value)).ToArray();
        _bandOf = View.Band;
        _band = r.Band(_bandOf);
        var scanned = BandEnrichment.Scan(_bandOf.ToUm - _bandOf.FromUm, ScanStep, r.Voids.Electrolyte, r.Voids.Voids,
            r.Sites.Select(s => s.DepthUm).ToArray(), r.DepthUm);
        _scan = scanned.Select(b => (b.FromUm, b.OverElectrolyte.Ratio)).ToArray();
    }

    // The right to change the dataset may have ended since the page was opened, so it is asked for each time.
    private async Task<bool> MayRunNowAsync()
    {
        var may = Authentication is not null
            && await Access.RoleAsync((await Authentication).User, Session.Dataset.Identity) >= DatasetRole.Curate;
        _error = may ? null : "Analysing this dataset is not open to you any more.";
        return may;
    }

    private async Task CompareAsync((double From, double To) hours)
    {
        if (await MayRunNowAsync())
        {
            await Analyses.StartChangeAsync(Session.Dataset, _result!, hours.From, hours.To, By);
        }
    }

    private async Task CancelAsync(Guid job)
    {
        if (await MayRunNowAsync())
        {
            await Jobs.CancelAsync(job);
        }
    }

    private async Task RunAsync()
    {
        if (!await MayRunNowAsync())
        {
            return;
        }

        var recipe = _recipe with { Modality = View.Modality, Band = View.Band, BinUm = _binUm };
        recipe = _tried is { } t ? recipe with { Rule = ThresholdRule.Manual, Threshold = t } : recipe;
        _job = await Analyses.StartAsync(Session.Dataset, recipe, By);
    }

    private void OnJobs() => _ = InvokeAsync(() =>
    {
        var job = Analyses.Newest(Session.Dataset.Identity);
        if (job != _job)
        {
            _job = job;
            StateHasChanged();
        }
    });

    private void OnResult(DatasetIdentity dataset)
    {
        if (dataset == Session.Dataset.Identity)
        {
            _ = InvokeAsync(async () =>
            {
                await LoadAsync();
                StateHasChanged();
            });
        }
    }

    // The row of the timestep, and the band's share, follow the view; an orbit changes neither.
    private void OnView(ViewRevision revision, object? by)
    {
        if (by != (object)this && _result is not null)
        {
            _ = InvokeAsync(() =>
            {
                if (View.Band != _bandOf)
                {
                    Draw();
                }

                StateHasChanged();
            });
        }
    }

    private void SetBin(double um)
    {
        _binUm = um;
        Clear();
        Draw();
    }

    // Lights the voids of a bar among the ghosts of all; once more puts the picture back.
    private void PickBin(Bar bar)
    {
        _picked = _picked?.Label == bar.Label ? null : bar;
        if (_picked is null)
        {
            Clear();
        }
        else
        {
            var ids = Profiled.Voids.Where(v => v.DepthUm >= bar.Bin.FromUm && v.DepthUm < bar.Bin.ToUm).Select(v => v.Id).ToArray();
            Show(AnalysisStore.Voids, _result!.Voids.Hours, ids.Length == 0 ? [] : [(ids.Min(), ids.Max(), TransferPresets.Void)]);
        }

        Draw();
    }

    // One void, in the middle of the slices and lit.
    private void PickVoid(VoidRecord picked)
    {
        var center = new WorldPoint(picked.CenterUm[0], picked.CenterUm[1], picked.CenterUm[2]);
        Session.Update(v => At(v, center), this);
        Show(AnalysisStore.Voids, _result!.Voids.Hours, [(picked.Id, picked.Id, TransferPresets.Void)]);
        (_picked, _lithiumShown) = (null, null);
        Draw();
    }

    private void ShowLithium(LithiumColors colors)
    {
        if (_lithiumShown == colors)
        {
            Clear();
            return;
        }

        Show(AnalysisStore.Lithium, null, LabelLooks.Lithium(_result!, colors).Ranges);
        (_lithiumShown, _picked) = (colors, null);
        Draw();
    }

    private void ShowChange(double hours)
    {
        GoTo(hours);
        Show(AnalysisStore.Change, hours, [(1, 1, TransferPresets.Lithium), (2, 2, TransferPresets.Void)]);
        (_lithiumShown, _picked) = (null, null);
        Draw();
    }

    // A place in the crosshair, and in the middle where slices are zoomed; fitted ones show all of the volume anyway.
    private static ViewState At(ViewState view, WorldPoint place) => view with { Focus = place, Center = view.UmPerPixel > 0 ? place : view.Center };

    private void GoTo(double hours) => Session.Update(v => v with { Hours = hours }, this);

    private void GoTo(NucleationSite site)
    {
        _site = site.Id;
        var center = new WorldPoint(site.CenterUm[0], site.CenterUm[1], site.CenterUm[2]);
        var number = _result!.Sites.ToList().IndexOf(site) + 1;
        Session.Update(v => At(v with { Hours = Math.Max(v.Hours, site.BornHours) }, center), this);
        Show(AnalysisStore.Lithium, null, [(number, number, TransferPresets.Lithium)]);
        (_lithiumShown, _picked) = (null, null);
        Draw();
    }

    private void SetGhost(double opacity)
    {
        _ghost = opacity;
        if (_before is not null)
        {
            Session.Update(v => v with { Transfer = Ghosts() }, this);
        }
    }

    // Labels of the ranges, each in its colour, over ghosts of what is dark.
    private void Show(string modality, double? hours, IReadOnlyList<(int From, int To, int Color)> ranges)
    {
        if (Session.Dataset.Find(modality, hours ?? View.Hours) is null)
        {
            _error = $"There are no {modality} labels of {F(View.Hours, "0.##")} h; run the analysis again.";
            return;
        }

        _before ??= View.Transfer;
        Session.Update(v => v with { Mode = VolumeMode.Composite, Transfer = Ghosts(), Overlay = new Overlay(modality, hours, LabelLooks.Ranges(ranges), Replaces: false) }, this);
    }

    private TransferFunction Ghosts() => LabelLooks.Ghosts(Least, _result!.Threshold, _ghost);

    private void Clear()
    {
        (_picked, _lithiumShown, _site) = (null, null, null);
        if (_before is { } before)
        {
            _before = null;
            Session.Update(v => v with { Transfer = before, Overlay = null }, this);
        }

        Draw();
    }

    private void Try(ChangeEventArgs e)
    {
        if (!double.TryParse(e.Value?.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
        {
            return;
        }

        _before ??= View.Transfer;
        _tried = value;
        (_picked, _lithiumShown) = (null, null);
        var color = TransferPresets.Void;
        var soft = Math.Max(_result!.NoiseWidth, 1e-9);
        Session.Update(v => v with
        {
            Threshold = value, Overlay = null, Mode = VolumeMode.Composite,
            Transfer = TransferFunction.Of([new(Least, color, 0.6), new(value - soft, color, 0.5), new(value, color, 0)]),
        }, this);
        _ = CountAsync(value, ++_tries);
    }

    // A look at the pristine scan is taken when the pointer nears the slider, so that the first value need not wait for it.
    private void Warm()
    {
        if (_look is null or { IsFaulted: true } or { IsCanceled: true })
        {
            var (dataset, recipe) = (Session.Dataset, _result!.Recipe);
            _look = Analyses.PreviewAsync(dataset, recipe, _closed.Token);
        }
    }

    // The newest value wins; one count at a time, so that a drag does not pile up work.
    private async Task CountAsync(double value, int number)
    {
        if (_trying)
        {
            return;
        }

        _trying = true;
        try
        {
            Warm();
            var look = await _look!;
            while (_tried is { } wanted)
            {
                var (counted, at) = (_tries, wanted);
                var findings = await Analyses.TryAsync(look, at, _closed.Token);
                if (_tried is null)
                {
                    // Taken back while it was counted.
                    break;
                }

                _preview = findings;
                Draw();
                StateHasChanged();
                if (counted == _tries)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (VolumeFormatException e)
        {
            _error = e.Message;
        }
        finally
        {
            _trying = false;
            StateHasChanged();
        }
    }

    private void Untry()
    {
        (_tried, _preview) = (null, null);
        Session.Update(v => v with { Threshold = null }, this);
        Clear();
    }

    private string Csv(string table) => $"/api/datasets/{Session.Dataset.Id}/analysis/{table}.csv?modality={_result!.Recipe.Modality}&bin={N(_binUm)}";

    private static string Thousands(object value) => (Convert.ToDouble(value, CultureInfo.InvariantCulture) / 1000).ToString("0.#", CultureInfo.InvariantCulture);

    private static string Of(double value, (double Low, double High) interval) => Rounded.Both(value, interval.Low, interval.High);

    private static RenderFragment Dash => text => text.AddContent(0, "–");

    private static RenderFragment Dark(PorosityFindings p) => With(p.Percent, p.Low, p.High);

    // A number with its interval below it.
    private static RenderFragment With(double value, double low, double high) => text =>
    {
        text.AddContent(0, Rounded.Value(value, low, high));
        text.OpenElement(1, "small");
        text.AddContent(2, Rounded.Interval(value, low, high));
        text.CloseElement();
    };

    // What an interval is made of, for who points at it.
    private static string Named(VolumeUncertainty? u) => u is null ? "" : string.Create(CultureInfo.InvariantCulture,
        $"threshold −{u.ThresholdLowUm3:0} +{u.ThresholdHighUm3:0}, partial voxels ±{u.PartialUm3:0}, ")
        + string.Create(CultureInfo.InvariantCulture,
            $"resolution ±{u.ResolutionUm3:0} µm³ (one standard deviation each); pieces too small to count up to {u.DetectionUm3:0} µm³");

    private static string P(double p) => p < 0.001 ? "< 0.001" : "= " + F(p, "0.000");

    private static string F(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string N(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
