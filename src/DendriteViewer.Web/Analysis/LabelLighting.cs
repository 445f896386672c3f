using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Analysis;

/// <summary>
/// Lights labels in the pictures of a session, over ghosts of what is dark, and puts back the transfer function that was there before.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="by">Who changes its view, so that a subscriber knows its own changes.</param>
internal sealed class LabelLighting(ViewSession session, object by)
{
    // The transfer function to go back to; null while nothing is lit.
    private TransferFunction? _before;

    private ViewState View => session.Current.View;

    /// <summary>Lights ranges of labels, each in its colour.</summary>
    /// <param name="r">The result that they are of.</param>
    /// <param name="modality">The labels, as <see cref="LabelModality.Voids"/>.</param>
    /// <param name="hours">The time of the labels; null for that of the picture.</param>
    /// <param name="ranges">First and last number, and colour as 0xRRGGBB.</param>
    /// <param name="ghostOpacity">Opacity of what is dark, from 0 to 1.</param>
    /// <returns>False where the dataset has no such labels.</returns>
    public bool TryShow(
        AnalysisResult r, string modality, double? hours, IReadOnlyList<(int From, int To, int Color)> ranges, double ghostOpacity)
    {
        if (session.Dataset.Find(modality, hours ?? View.Hours) is null)
        {
            return false;
        }

        _before ??= View.Transfer;
        session.Update(v => v with
        {
            Mode = VolumeMode.Composite, Transfer = Ghosts(r, ghostOpacity),
            Overlay = new Overlay(modality, hours, LabelLooks.Ranges(ranges), Replaces: false),
        }, by);
        return true;
    }

    /// <summary>Sets how much is seen of what is dark, where something is lit.</summary>
    public void SetGhosts(AnalysisResult r, double opacity)
    {
        if (_before is not null)
        {
            session.Update(v => v with { Transfer = Ghosts(r, opacity) }, by);
        }
    }

    /// <summary>Shows what is darker than a threshold that is tried.</summary>
    public void ShowThreshold(AnalysisResult r, double threshold)
    {
        _before ??= View.Transfer;
        var (color, soft, least) = (TransferPresets.Void, Math.Max(r.NoiseWidth, 1e-9), session.Volume(View).Least);
        session.Update(v => v with
        {
            Threshold = threshold, Overlay = null, Mode = VolumeMode.Composite,
            Transfer = TransferFunction.Of([new(least, color, 0.6), new(threshold - soft, color, 0.5), new(threshold, color, 0)]),
        }, by);
    }

    /// <summary>Ends the showing of a threshold in slices.</summary>
    public void ClearThreshold() => session.Update(v => v with { Threshold = null }, by);

    /// <summary>Puts the picture back.</summary>
    public void Clear()
    {
        if (_before is { } before)
        {
            _before = null;
            session.Update(v => v with { Transfer = before, Overlay = null }, by);
        }
    }

    /// <summary>Goes to a time.</summary>
    public void GoTo(double hours) => session.Go(v => v with { Hours = hours }, by);

    /// <summary>Puts the crosshair on a place, no earlier than a time; zoomed slices get it in their middle.</summary>
    /// <param name="centerUm">z, y and x in µm.</param>
    /// <param name="sinceHours">The earliest time.</param>
    public void GoTo(IReadOnlyList<double> centerUm, double sinceHours = double.NegativeInfinity)
    {
        var place = new WorldPoint(centerUm[0], centerUm[1], centerUm[2]);
        session.Go(v => v with
        {
            Hours = Math.Max(v.Hours, sinceHours), Focus = place, Center = v.UmPerPixel > 0 ? place : v.Center,
        }, by);
    }

    private TransferFunction Ghosts(AnalysisResult r, double opacity) =>
        LabelLooks.Ghosts(session.Volume(View).Least, r.Threshold, opacity);
}
