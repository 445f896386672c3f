using DendriteViewer.Analysis.Registration;
using DendriteViewer.Analysis.Segmentation;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Labelling;
using DendriteViewer.Kernels.Masks;

namespace DendriteViewer.Analysis.Lithium;

/// <summary>What phase contrast says of what is dark in absorption.</summary>
public enum PhaseVerdict
{
    /// <summary>It does not cover it.</summary>
    NotCovered,

    /// <summary>Grey: lithium.</summary>
    Lithium,

    /// <summary>Black: a void.</summary>
    Void,
}

/// <summary>
/// Tells lithium from new voids, which absorption cannot: in phase contrast lithium is grey and void black. How black is learned from
/// the pristine voids that the phase scan covers, how bright from the electrolyte around them; a piece is a void where the median of
/// its voxels lies within the lowest quarter of the way from the one to the other.
/// </summary>
internal sealed class PhaseContrast
{
    /// <summary>The modality that decides.</summary>
    public const string Modality = "nano-phase";

    /// <summary>Of the way from void to electrolyte, what still counts as black.</summary>
    public const double BlackShare = 0.25;

    // 256 MiB of floats; a larger scan is read at a coarser level.
    private const long MostVoxels = 64_000_000;
    private const int LeastReference = 30;
    private readonly float[] _values;
    private readonly VolumeShape _shape;
    private readonly VoxelMap _map;
    private double _black;

    private PhaseContrast(float[] values, VolumeShape shape, VoxelMap map) => (_values, _shape, _map) = (values, shape, map);

    /// <summary>Why it decides nothing, or null.</summary>
    public string? Warning { get; private set; }

    /// <summary>Reads the phase scan of a time, or gives null where there is none.</summary>
    /// <param name="store">Where.</param>
    /// <param name="dataset">Of which dataset.</param>
    /// <param name="pristine">The scan in whose voxels pieces are.</param>
    /// <param name="registration">Where the pristine scan's material is at that time.</param>
    /// <param name="voids">What is dark now and was in the pristine scan.</param>
    /// <param name="electrolyte">What is bright now.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<PhaseContrast?> OfAsync(
        DatasetStore store, Dataset dataset, VolumeInfo pristine, ScanRegistration registration, BitVolume voids, BitVolume electrolyte, CancellationToken ct)
    {
        if (dataset.Volumes.FirstOrDefault(v => v.Key == new VolumeKey(Modality, registration.Key.Hours)) is not { } scan)
        {
            return null;
        }

        var reader = await store.ReaderAsync(scan, ct);
        var level = reader.Levels.FirstOrDefault(l => l.Shape.Count <= MostVoxels) ?? reader.Levels[^1];
        var map = new VoxelMap(pristine.Transform, registration.ToScan, scan.ScannedTransform.ForLevel(level.FactorZ, level.FactorY, level.FactorX));
        var phase = new PhaseContrast(await DenseLevels.ReadFloatAsync(reader, level, ct), level.Shape, map);
        phase.Learn(scan.Key, voids, electrolyte);
        return phase;
    }

    /// <summary>What it says of a piece, whose voxels are the pristine scan's. Half of them must be covered.</summary>
    public PhaseVerdict Judge(Components pieces, int label)
    {
        if (Warning is not null)
        {
            return PhaseVerdict.NotCovered;
        }

        var values = new List<float>();
        var all = 0;
        pieces.ForRuns(label, (z, y, run) =>
        {
            for (var x = run.Start; x < run.End; x++)
            {
                all++;
                Add(values, z, y, x);
            }
        });
        return 2 * values.Count < all ? PhaseVerdict.NotCovered : Median(values) < _black ? PhaseVerdict.Void : PhaseVerdict.Lithium;
    }

    private void Learn(VolumeKey key, BitVolume voids, BitVolume electrolyte)
    {
        // The inside of voids: their rims are half electrolyte.
        List<float> black = Sample(Morphology.Erode(voids, StructuringElement.Faces), 1), bright = Sample(electrolyte, 7);
        if (black.Count < LeastReference || bright.Count < LeastReference)
        {
            Warning = $"{key} covers too few pristine voids to know how black a void is there; it decides nothing.";
            return;
        }

        var (low, high) = (Median(black), Median(bright));
        var spread = Median(bright.Select(v => Math.Abs(v - high)).ToList()) / 0.6744897501960817;
        _black = low + BlackShare * (high - low);
        Warning = high - low < 4 * spread ? $"In {key} voids are hardly darker than the electrolyte; it decides nothing." : null;
    }

    private List<float> Sample(BitVolume set, int every)
    {
        var found = new List<float>();
        for (var z = 0; z < set.Z; z++)
        {
            for (var y = z % every; y < set.Y; y += every)
            {
                for (var x = 0; x < set.X; x++)
                {
                    if (set[z, y, x])
                    {
                        Add(found, z, y, x);
                    }
                }
            }
        }

        return found;
    }

    // The voxel in which the middle of a pristine voxel lies.
    private void Add(List<float> values, int z, int y, int x)
    {
        var (pz, py, px) = _map.At(z, y, x);
        var at = new VoxelPoint(pz + 0.5, py + 0.5, px + 0.5).Floor();
        if (_shape.Contains(at) && _values[((long)at.Z * _shape.Y + at.Y) * _shape.X + at.X] is var v && float.IsFinite(v))
        {
            values.Add(v);
        }
    }

    private static double Median(List<float> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
