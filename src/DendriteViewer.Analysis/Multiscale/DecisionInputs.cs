using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// What a decision rests on beside its recipe, from the manifest alone, so that whoever opens a page may compare it: the interface, the
/// outline, and of each scan which stored volume it is and where it lies. Voxels of a stored volume never change.
/// </summary>
internal static class DecisionInputs
{
    /// <summary>The interface's name among them.</summary>
    public const string Interface = "interface";

    /// <summary>What a decision would rest on now.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="modality">The modality whose new dark volume is decided.</param>
    /// <param name="hours">When.</param>
    /// <param name="withMasks">
    /// Whether corrected masks were looked for: which of them count follows from all scans that an analysis takes.
    /// </param>
    public static IReadOnlyList<AnalysisInput> Of(Dataset dataset, string modality, double hours, bool withMasks)
    {
        var inputs = new List<AnalysisInput> { new(Interface, dataset.Depth.Fingerprint) };
        if (dataset.Manifest.Cell?.OutlineUm is { } corners)
        {
            inputs.Add(new AnalysisInput("outline", Short(MemoryMarshal.AsBytes<double>([.. corners.SelectMany(c => c)]))));
        }

        var at = new VolumeKey(modality, hours).Hours;
        var first = dataset.HoursOf(modality).FirstOrDefault();
        inputs.AddRange(dataset.Volumes
            .Where(v => v.Key.Modality == modality ? withMasks || v.Key.Hours == first || v.Key.Hours == at
                : v.Key.Modality is FieldDecision.Phase or FieldDecision.Absorption
                    && (v.Key.Hours == at || (withMasks && v.Key.Modality == FieldDecision.Phase)))
            .Select(v => new AnalysisInput(v.Key.ToString(), NameOf(dataset, v, modality))));
        return inputs;
    }

    private static string NameOf(Dataset dataset, VolumeInfo scan, string modality)
    {
        var mayDecide = scan.Key.Modality == modality || StageTrust.ProblemOf(dataset, scan.Key) is null;
        var rows = string.Join(' ', scan.ScannedTransform.Rows.ToArray().Select(r => r.ToString("R", CultureInfo.InvariantCulture)));
        return Short(Encoding.UTF8.GetBytes($"{scan.CacheKey}|{scan.MetadataSha256}|{rows}|{mayDecide}"));
    }

    private static string Short(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..12];
}
