using System.Globalization;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Jobs;

namespace DendriteViewer.Web.Imports;

/// <summary>What somebody has typed of an import so far, as text where it may still be wrong.</summary>
public sealed record ImportDraft
{
    /// <summary>Id of the dataset.</summary>
    public string Dataset { get; init; } = "";

    /// <summary>What a new dataset is called; empty for its id.</summary>
    public string Name { get; init; } = "";

    /// <summary>The modality.</summary>
    public string Modality { get; init; } = "projection";

    /// <summary>Hours of plating, of several volumes separated by commas.</summary>
    public string Hours { get; init; } = "";

    /// <summary>Voxel size in µm, one number or z, y, x; empty for what the file says.</summary>
    public string Voxel { get; init; } = "";

    /// <summary>What is kept: empty for every voxel, cell, or region.</summary>
    public string Keep { get; init; } = "";

    /// <summary>The region, z0:z1, y0:y1, x0:x1.</summary>
    public string Region { get; init; } = "";

    /// <summary>Type that values are spread over, or empty.</summary>
    public string Convert { get; init; } = "";

    /// <summary>What is spread over it, from, to; empty for least to largest.</summary>
    public string Range { get; init; } = "";

    /// <summary>Filter of a copy, or empty.</summary>
    public string Denoise { get; init; } = "";

    /// <summary>Whether it is laid onto the first scan of its modality.</summary>
    public bool Register { get; init; }

    /// <summary>Whether an OME-Zarr of the store is used where it lies.</summary>
    public bool InPlace { get; init; } = true;

    /// <summary>
    /// What is wrong, by the name of the property: one sentence each. Empty where all can be used.
    /// </summary>
    /// <param name="frames">Volumes of the file, which need as many hours; null where hours stand elsewhere.</param>
    /// <param name="needsVoxel">Whether no file says how large a voxel is.</param>
    /// <param name="inPlace">Whether the voxels stay where they lie.</param>
    public IReadOnlyDictionary<string, string> Problems(int? frames, bool needsVoxel, bool inPlace)
    {
        var problems = new Dictionary<string, string>();
        Try(nameof(Dataset), () => _ = DatasetId.TryParse(Dataset, out _) ? 0
            : throw new ArgumentException("Use lower case letters, digits and hyphens."));
        Try(nameof(Modality), () => _ = VolumeKey.IsModality(Modality.Trim()) ? 0
            : throw new ArgumentException("Use lower case letters, digits and hyphens."));
        if (frames is { } expected)
        {
            Try(nameof(Hours), () => HoursOf(expected));
        }

        Try(nameof(Voxel), () => _ = VoxelOf() is null && needsVoxel
            ? throw new ArgumentException("No file says how large a voxel is; give it in µm.") : 0);
        if (!inPlace)
        {
            Try(nameof(Region), () => RegionOf());
            Try(nameof(Range), () => RangeOf());
        }

        return problems;

        void Try(string field, Action read)
        {
            try
            {
                read();
            }
            catch (ArgumentException e)
            {
                problems[field] = e.Message;
            }
        }
    }

    /// <summary>The hours.</summary>
    /// <exception cref="ArgumentException">They are none, out of their range, or not as many as volumes.</exception>
    public double[] HoursOf(int frames)
    {
        var hours = Numbers(Hours, Ranges.ImportHours);
        return hours.Length == frames ? hours : throw new ArgumentException(frames == 1 ? "Give the hours of plating, 0 or more."
            : $"The file holds {frames} volumes; give as many hours, with commas between them.");
    }

    /// <summary>The voxel size z, y, x, or null for what the file says.</summary>
    /// <exception cref="ArgumentException">It is none, or out of its range.</exception>
    public double[]? VoxelOf() => Voxel.Trim().Length == 0 ? null
        : Numbers(Voxel, Ranges.VoxelUm) switch
        {
            [var one] => [one, one, one],
            { Length: 3 } three => three,
            _ => throw new ArgumentException("Give one number, or z, y, x, in µm."),
        };

    /// <summary>What is done on the way.</summary>
    /// <exception cref="ArgumentException">A region or range cannot be used.</exception>
    public WayIn WayOf(bool inPlace)
    {
        var denoise = Denoise.Length > 0 ? Denoise : null;
        return inPlace ? new WayIn(false, null, null, null, denoise, Register)
            : new WayIn(Keep == "cell", RegionOf(), Convert.Length > 0 ? Convert : null, RangeOf(), denoise, Register);
    }

    private int[][]? RegionOf()
    {
        if (Keep != "region")
        {
            return null;
        }

        var region = Region.Split(',')
            .Select(a => a.Split(':').Select(n => int.TryParse(n, NumberStyles.None | NumberStyles.AllowLeadingWhite
                | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var v) ? v : -1).ToArray()).ToArray();
        return region.Length == 3 && region.All(a => a is [>= 0, var end] && end > a[0]) ? region
            : throw new ArgumentException("Give z0:z1, y0:y1, x0:x1 in voxels, each end behind its beginning.");
    }

    private double[]? RangeOf()
    {
        if (Convert.Length == 0 || Range.Trim().Length == 0)
        {
            return null;
        }

        return Numbers(Range, Ranges.Value) is [var low, var high] && high > low ? [low, high]
            : throw new ArgumentException("Give two numbers, the second above the first.");
    }

    private static double[] Numbers(string text, NumberRange range) => [.. text.Split(',').Select(t => range.Parse(t.Trim()))];
}
