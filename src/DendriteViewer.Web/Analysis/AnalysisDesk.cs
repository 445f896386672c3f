using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Nucleation;
using DendriteViewer.Analysis.Voids;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Viewing;
using static DendriteViewer.Web.Analysis.AnalysisText;

namespace DendriteViewer.Web.Analysis;

/// <summary>
/// What the sections of the analysis panel share: the state, and what somebody can do with it. It lives as long as the panel, and is used
/// on the thread of the panel's circuit alone.
/// </summary>
public sealed class AnalysisDesk : IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private readonly Analyses _analyses;
    private readonly LabelLighting _lighting;
    private readonly ThresholdTrial _trial;

    /// <summary>A desk over a session.</summary>
    public AnalysisDesk(ViewSession session, Analyses analyses)
    {
        (Session, _analyses) = (session, analyses);
        (_lighting, _trial) = (new LabelLighting(session, this), new ThresholdTrial(analyses));
    }

    /// <summary>Raised when the state was replaced.</summary>
    public event Action? Changed;

    /// <summary>The session whose view is set.</summary>
    public ViewSession Session { get; }

    /// <summary>The state.</summary>
    public AnalysisState State { get; private set; } = new();

    /// <summary>The view.</summary>
    public ViewState View => Session.Current.View;

    /// <summary>The smallest value of the scan that is shown: the low end of thresholds.</summary>
    public double LeastValue => Session.Volume(View).Least;

    /// <inheritdoc/>
    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
    }

    /// <summary>Replaces the state.</summary>
    public void Set(Func<AnalysisState, AnalysisState> change)
    {
        State = change(State);
        Changed?.Invoke();
    }

    /// <summary>Reads the last result of the modality that is shown.</summary>
    public async Task LoadAsync()
    {
        AnalysisResult? result;
        try
        {
            result = await _analyses.ResultAsync(Session.Dataset, View.Modality, _closed.Token);
        }
        catch (VolumeFormatException e)
        {
            Set(s => s with { IsLoaded = true, LoadFailure = e.Message });
            return;
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            return;
        }

        // A dataset may have changed without another result, or the same result be told of twice: what somebody tries then stays.
        if (!IsSame(State.Result, result))
        {
            _trial.Forget();
            Set(s => s with
            {
                TriedThreshold = null, TriedVoids = null, Recipe = result?.Recipe ?? s.Recipe,
                BinUm = result is null ? s.BinUm : Math.Max(s.BinUm, result.Voids.LeastBinUm),
            });
        }

        Set(s => s with { IsLoaded = true, LoadFailure = null, Result = result });
    }

    /// <summary>Goes to a timestep.</summary>
    public void GoTo(double hours)
    {
        _lighting.GoTo(hours);
        Changed?.Invoke();
    }

    /// <summary>Lights the voids of a bin among the ghosts of all; once more puts the picture back.</summary>
    public void PickBin(ProfileBin bin)
    {
        var lit = new LitLabels.Bin(bin.FromUm, bin.ToUm);
        if (State.Lit == lit)
        {
            Clear();
            return;
        }

        var ids = State.Voids.Voids.Where(v => v.DepthUm >= bin.FromUm && v.DepthUm < bin.ToUm).Select(v => v.Id).ToArray();
        Light(lit, LabelModality.Voids, State.Result!.Voids.Hours, ids.Length == 0 ? [] : [(ids.Min(), ids.Max(), TransferPresets.Void)]);
    }

    /// <summary>One void, in the middle of the slices and lit.</summary>
    public void PickVoid(VoidRecord picked)
    {
        _lighting.GoTo(picked.CenterUm);
        Light(new LitLabels.OneVoid(picked.Id), LabelModality.Voids, State.Result!.Voids.Hours,
            [(picked.Id, picked.Id, TransferPresets.Void)]);
    }

    /// <summary>All new dark volume by a colour; the same once more puts the picture back.</summary>
    public void ShowNewDark(LithiumColors colors)
    {
        var lit = new LitLabels.NewDark(colors);
        if (State.Lit == lit)
        {
            Clear();
            return;
        }

        Light(lit, LabelModality.Lithium, null, LabelLooks.Lithium(State.Result!, colors).Ranges);
    }

    /// <summary>A nucleation site, no earlier than it was born, in the middle of the slices and lit.</summary>
    public void PickSite(NucleationSite site)
    {
        var number = State.Result!.Sites.ToList().IndexOf(site) + 1;
        _lighting.GoTo(site.CenterUm, site.BornHours);
        Light(new LitLabels.Site(site.Id), LabelModality.Lithium, null, [(number, number, TransferPresets.Lithium)]);
    }

    /// <summary>What a comparison found: gained and lost, at its later time.</summary>
    public void ShowChange(double hours)
    {
        _lighting.GoTo(hours);
        Light(new LitLabels.Change(hours), LabelModality.Change, hours, [(1, 1, TransferPresets.Lithium), (2, 2, TransferPresets.Void)]);
    }

    /// <summary>Puts the picture back that was there before something was lit.</summary>
    public void Clear()
    {
        _lighting.Clear();
        Set(s => s with { Lit = null });
    }

    /// <summary>Sets how much is seen of voids behind what is lit, from 0 to 1.</summary>
    public void SetGhosts(double opacity)
    {
        _lighting.SetGhosts(State.Result!, opacity);
        Set(s => s with { GhostOpacity = opacity });
    }

    /// <summary>Sets the width of the bins of depth, µm.</summary>
    public void SetBin(double um)
    {
        Clear();
        Set(s => s with { BinUm = um });
    }

    /// <summary>Reads the pristine scan ahead of the first threshold that is tried. A failure is told when one is tried.</summary>
    public void WarmTrial() => _ = _trial.WarmAsync(Session.Dataset, State.Result!.Recipe, _closed.Token);

    /// <summary>Tries a threshold: pictures and profile follow, nothing is kept.</summary>
    public async Task TryAsync(double threshold)
    {
        _lighting.ShowThreshold(State.Result!, threshold);
        Set(s => s with { TriedThreshold = threshold, Lit = null, IsCounting = true });
        try
        {
            await _trial.CountAsync(Session.Dataset, State.Result!.Recipe, () => State.TriedThreshold,
                voids => Set(s => s with { TriedVoids = voids }), _closed.Token);
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            return;
        }
        catch (VolumeFormatException e)
        {
            Set(s => s with { Refusal = e.Message });
        }

        Set(s => s with { IsCounting = false });
    }

    /// <summary>Ends the trial of a threshold.</summary>
    public void EndTrial()
    {
        _lighting.ClearThreshold();
        Set(s => s with { TriedThreshold = null, TriedVoids = null, IsCounting = false });
        Clear();
    }

    private void Light(LitLabels lit, string modality, double? hours, IReadOnlyList<(int From, int To, int Color)> ranges)
    {
        var isShown = _lighting.TryShow(State.Result!, modality, hours, ranges, State.GhostOpacity);
        Set(s => s with
        {
            Lit = isShown ? lit : s.Lit,
            Refusal = isShown ? null : $"There are no {modality} labels of {H(hours ?? View.Hours)} h. Run the analysis again.",
        });
    }

    private static bool IsSame(AnalysisResult? a, AnalysisResult? b) => a is not null && b is not null
        && (a.DatasetIdentity, a.RecipeHash, a.Threshold, a.Interface, a.Lithium.Count, a.Voids.Voids.Count, a.Sites.Count)
            == (b.DatasetIdentity, b.RecipeHash, b.Threshold, b.Interface, b.Lithium.Count, b.Voids.Voids.Count, b.Sites.Count);
}
