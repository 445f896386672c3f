using System.Globalization;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Labelling;
using DendriteViewer.Kernels.Masks;

namespace DendriteViewer.Analysis.Lithium;

/// <summary>
/// The versions of corrected masks that an analysis counts: of each timestep the one that somebody chose for the automatic mask that the
/// analysis makes. Strokes that corrected another automatic mask do not count, and the analysis says so.
/// </summary>
internal sealed class ChosenMasks
{
    private readonly Dictionary<double, MaskHistory> _histories = [];
    private readonly string _automatic;

    private ChosenMasks(string automatic, IReadOnlyList<AnalysisInput> inputs) => (_automatic, Inputs) = (automatic, inputs);

    /// <summary>The version of a timestep's mask that somebody chose, by its log; 0 where numbers rest on the automatic one.</summary>
    /// <param name="store">Where the log is.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="hours">The timestep.</param>
    /// <param name="automatic">Name of the automatic mask; null where it is not known, so that a version of any counts.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">The log is damaged.</exception>
    public static async Task<int> ChosenNowAsync(
        DatasetStore store, Dataset dataset, double hours, string? automatic, CancellationToken ct)
    {
        var entries = await new MaskLog(store.Blobs, dataset, new VolumeKey(LabelModality.Lithium, hours)).ReadAsync(ct);
        var history = entries.Aggregate(MaskHistory.Empty, (h, e) => h.With(e));
        return automatic is not null ? history.Of(automatic).ChosenVersion?.Number ?? 0
            : history.Others("").Select(o => o.State.Chosen).DefaultIfEmpty().Max();
    }

    /// <summary>Name of the automatic masks that corrections count for.</summary>
    public string Name => _automatic;

    /// <summary>What the automatic masks are made from.</summary>
    public IReadOnlyList<AnalysisInput> Inputs { get; }

    /// <summary>What somebody should know of corrections that do not count.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>The versions that counted, by time.</summary>
    public List<MaskUse> Uses { get; } = [];

    /// <summary>The automatic pieces of the timesteps in which a version counted.</summary>
    public List<(double Hours, Components Pieces)> Automatic { get; } = [];

    /// <summary>Reads what was chosen; null where nobody ever corrected a mask of the dataset.</summary>
    public static async Task<ChosenMasks?> TryReadAsync(
        DatasetStore store, Dataset dataset, AnalysisRecipe recipe, double threshold, IReadOnlyList<double> hours, CancellationToken ct)
    {
        var corrected = (await MaskLog.TimestepsAsync(store.Blobs, dataset, LabelModality.Lithium, ct)).ToHashSet();
        if (corrected.Count == 0)
        {
            return null;
        }

        var inputs = await AnalysisStore.InputsAsync(store, dataset, recipe, dataset.Manifest.Cell?.OutlineUm, ct);
        var chosen = new ChosenMasks(AnalysisStore.AutomaticName(recipe, threshold, inputs), inputs);
        foreach (var key in hours.Select(h => new VolumeKey(LabelModality.Lithium, h)).Where(k => corrected.Contains(k.TimestepName)))
        {
            var entries = await new MaskLog(store.Blobs, dataset, key).ReadAsync(ct);
            var history = chosen._histories[key.Hours] = entries.Aggregate(MaskHistory.Empty, (h, e) => h.With(e));
            if (history.Of(chosen._automatic).ChosenVersion is null && history.Others(chosen._automatic).Any(o => o.State.Chosen > 0))
            {
                chosen.Warnings.Add(string.Create(CultureInfo.InvariantCulture,
                    $"The mask at {key.Hours:0.##} h was corrected on another automatic mask; "
                    + $"numbers at that time rest on the automatic one. "
                    + $"Take the corrections over and choose a version to count them."));
            }
        }

        return chosen;
    }

    /// <summary>Corrects the mask of a timestep, where a version of it was chosen.</summary>
    /// <param name="hours">The timestep.</param>
    /// <param name="sets">The automatic pieces by each threshold; the corrections are certain, so that all get them.</param>
    /// <param name="electrolyte">What counts as electrolyte; what was painted outside does not count.</param>
    /// <param name="transform">Voxel to world.</param>
    /// <param name="voxelUm3">Volume of a voxel, µm³.</param>
    /// <param name="neighbours">Which voxels hang together.</param>
    public Components[] Apply(
        double hours, Components[] sets, BitVolume electrolyte, AffineTransform transform, double voxelUm3, StructuringElement neighbours)
    {
        if (_histories.GetValueOrDefault(new VolumeKey("", hours).Hours) is not { } history
            || history.Of(_automatic).ChosenVersion is not { } version)
        {
            return sets;
        }

        var corrected = sets.Select(set => set.Keep(_ => true)).ToArray();
        MaskReplay.Apply(history, version, transform, corrected);
        var outside = corrected[0].Count;
        foreach (var set in corrected)
        {
            set.And(electrolyte);
        }

        outside -= corrected[0].Count;
        var automatic = sets[0].Keep(_ => true);
        var use = new MaskUse(
            hours, version.Number, history.AuthorsOf(version.Strokes), version.At, version.Strokes.Count, automatic.Count * voxelUm3,
            corrected[0].Clone().AndNot(automatic).Count * voxelUm3, automatic.Clone().AndNot(corrected[0]).Count * voxelUm3,
            outside * voxelUm3);
        Uses.Add(use);
        Automatic.Add((hours, sets[0]));
        Warnings.Add(string.Create(CultureInfo.InvariantCulture,
            $"At {hours:0.##} h the mask is {MaskUse.Describe(use, withNames: false)}: {use.AddedUm3:0.###} µm³ added and "
            + $"{use.RemovedUm3:0.###} µm³ removed by hand, of {use.AutomaticUm3:0.###} µm³ that were found automatically."));
        if (outside > 0)
        {
            Warnings.Add(string.Create(CultureInfo.InvariantCulture,
                $"At {hours:0.##} h, {use.OutsideUm3:0.###} µm³ were painted outside of the electrolyte and are not counted."));
        }

        return [.. corrected.Select(c => ComponentLabeller.Label(c, neighbours))];
    }
}
