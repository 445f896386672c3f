using System.Globalization;
using System.Text;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Analysis.Experiments;

/// <summary>
/// What the numbers of a label volume are, as CSV: counted from the voxels, named by what the analysis found. Depths are empty where the
/// dataset has no interface.
/// </summary>
public sealed class LabelLegend(DatasetStore store)
{
    /// <summary>Its columns.</summary>
    public const string Header = "label,name,born_hours,voxels,volume_um3,z_um,y_um,x_um,depth_um,mask";

    /// <summary>Counts the labels of a volume at a level and writes a row for each that occurs.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="volume">A label volume of it.</param>
    /// <param name="number">Pyramid level.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<string> ToCsvAsync(Dataset dataset, VolumeInfo volume, int number, CancellationToken ct)
    {
        var reader = await store.ReaderAsync(volume, ct);
        var level = reader.Levels[number];
        var sums = new Dictionary<int, Sum>();
        using var slices = new SlidingSlices(reader, level);
        for (var z = 0; z < level.Shape.Z; z++)
        {
            ct.ThrowIfCancellationRequested();
            await slices.HoldAsync(z, z + 1, ct);
            Count(slices.Slices[z].AsSpan(0, (int)level.Shape.SliceCount), z, level.Shape.X, sums);
        }

        var transform = volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        var (a, b, c) = (transform.Column(0), transform.Column(1), transform.Column(2));
        var voxelUm3 = Math.Abs(a.Z * (b.Y * c.X - b.X * c.Y) - a.Y * (b.Z * c.X - b.X * c.Z) + a.X * (b.Z * c.Y - b.Y * c.Z));
        var names = await NamesAsync(dataset, volume, ct);
        var mask = MaskUse.Of(volume)?.Replace(',', ';');
        var csv = new StringBuilder(Header).Append('\n');
        foreach (var (label, sum) in sums.OrderBy(s => s.Key))
        {
            var middle = transform.ToWorld(new VoxelPoint(sum.Z / sum.Count + 0.5, sum.Y / sum.Count + 0.5, sum.X / sum.Count + 0.5));
            var (name, born) = names(label);
            csv.Append(CultureInfo.InvariantCulture, $"{label},{name},{born},{sum.Count},{sum.Count * voxelUm3:R},");
            var depth = dataset.HasInterface ? dataset.Depth.DepthOf(middle).Um : (double?)null;
            csv.Append(CultureInfo.InvariantCulture, $"{middle.Z:0.###},{middle.Y:0.###},{middle.X:0.###},{depth:0.###},{mask}\n");
        }

        return csv.ToString();
    }

    private sealed class Sum
    {
        public long Count;
        public double Z, Y, X;
    }

    // Labels come in runs, so that a run is looked up once.
    private static void Count(ReadOnlySpan<float> slice, int z, int width, Dictionary<int, Sum> sums)
    {
        for (var i = 0; i < slice.Length;)
        {
            var (label, start, end) = ((int)slice[i], i, Math.Min(slice.Length, (i / width + 1) * width));
            while (i < end && slice[i] == slice[start])
            {
                i++;
            }

            if (label <= 0)
            {
                continue;
            }

            if (!sums.TryGetValue(label, out var sum))
            {
                sums[label] = sum = new Sum();
            }

            var n = i - start;
            sum.Count += n;
            sum.Z += (double)z * n;
            sum.Y += (double)(start / width) * n;
            sum.X += (start % width + (n - 1) / 2.0) * n;
        }
    }

    private async Task<Func<int, (string Name, string BornHours)>> NamesAsync(Dataset dataset, VolumeInfo volume, CancellationToken ct)
    {
        switch (volume.Key.Modality)
        {
            case LabelModality.Voids:
                return label => ($"void {label}", "");
            case LabelModality.LithiumAutomatic:
                return label => ($"piece {label}", "");
            case LabelModality.Change:
                return label => (label == 1 ? "gained" : label == 2 ? "lost" : "", "");
            case LabelModality.Lithium:
                foreach (var modality in dataset.Modalities)
                {
                    if (await new AnalysisStore(store).TryLoadAsync(dataset, modality, ct) is { } result)
                    {
                        return label => label <= result.Sites.Count
                            ? (result.Sites[label - 1].Id, result.Sites[label - 1].BornHours.ToString("0.######",
                                CultureInfo.InvariantCulture)) : ("", "");
                    }
                }

                return _ => ("", "");
            default:
                return _ => ("", "");
        }
    }
}
