using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Placements;

/// <summary>What the landmarks that are there now give, as a trial that keeps nothing.</summary>
public sealed class LandmarkTrial(PlacementDesk desk)
{
    private int _newest;

    /// <summary>What each pair is off; null where they decide no placement.</summary>
    public LandmarkFit? Fit { get; private set; }

    /// <summary>The placement; null where they decide none.</summary>
    public Placement? Placement { get; private set; }

    /// <summary>Why there are enough pairs and no placement, a sentence; else null.</summary>
    public string? Why { get; private set; }

    /// <summary>What is asked for by pairs alone.</summary>
    public static PlacementRequest RequestOf(Dataset dataset, VolumeKey key, PlacementModel model, LandmarkDraft draft) =>
        new(key) { Model = model, Landmarks = draft.WholeIn(dataset), Refine = false };

    /// <summary>Fits the pairs that are whole. What ends after a later trial began is dropped.</summary>
    public async Task TryAsync(Dataset dataset, VolumeKey key, PlacementModel model, LandmarkDraft draft)
    {
        var number = ++_newest;
        var (request, fit, placement, why) = (RequestOf(dataset, key, model, draft), (LandmarkFit?)null, (Placement?)null,
            (string?)null);
        if (request.Landmarks.Count >= LandmarkFit.LeastOf(model))
        {
            try
            {
                fit = LandmarkFit.Of(request.Landmarks, model);
                placement = await desk.FitAsync(dataset, request, default);
            }
            catch (VolumeFormatException e)
            {
                (fit, why) = (null, e.Message);
            }
        }

        if (number == _newest)
        {
            (Fit, Placement, Why) = (fit, placement, why);
        }
    }
}
