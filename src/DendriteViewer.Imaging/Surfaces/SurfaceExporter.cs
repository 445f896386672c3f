using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Scheduling;
using DendriteViewer.Kernels.Surfaces;

namespace DendriteViewer.Imaging.Surfaces;

/// <summary>
/// Surfaces of scans and labels as triangles, in µm in the dataset's frame. The volume is read one layer of bricks at a time and the
/// surface written as it is found, so that memory goes with a slice and a layer, not with the volume or the surface.
/// </summary>
public sealed class SurfaceExporter(DatasetStore store)
{
    // A level of so many voxels is marched through in some tenths of a second.
    private const long EstimateVoxels = 4_000_000;

    /// <summary>Writes a surface; the file appears when it is whole.</summary>
    /// <param name="volume">The scan or the labels.</param>
    /// <param name="settings">Which surface.</param>
    /// <param name="target">The file.</param>
    /// <param name="progress">From 0 to 1.</param>
    /// <param name="ct">Stops it; nothing is left.</param>
    /// <exception cref="VolumeFormatException">There is no surface, or it has too many triangles.</exception>
    public async Task<SurfaceFacts> ExportAsync(
        VolumeInfo volume, SurfaceSettings settings, string target, IProgress<double>? progress, CancellationToken ct)
    {
        settings = settings.Checked(volume);
        var reader = await store.ReaderAsync(volume, ct);
        var level = reader.Levels[settings.Level];
        var transform = volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        var beside = target + ".unfinished";
        try
        {
            SurfaceFacts facts;
            var what = settings.Describe(volume.Key) + (MaskUse.Of(volume) is { } mask ? $", {mask}" : "");
            using (MeshFile file = settings.Format == SurfaceFormat.Stl
                ? new StlFile(beside, transform, what) : new PlyFile(beside, transform, what))
            {
                await MarchAsync(reader, level, settings.FieldOf(volume), file, progress, ct);
                if (file.Triangles == 0)
                {
                    throw new VolumeFormatException(
                        $"There is no surface of {settings.Describe(volume.Key)} at level {level.Number}: nothing is inside.");
                }

                file.Finish();
                facts = file.Facts;
            }

            File.Move(beside, target, overwrite: true);
            return facts;
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    /// <summary>
    /// How many triangles each level's surface has, about: counted at a coarse level, and four times as many at each finer one, as smooth
    /// surfaces have. Noise, which the coarse levels average away, adds to that.
    /// </summary>
    /// <returns>For each level from 0, triangles.</returns>
    public async Task<IReadOnlyList<long>> EstimateAsync(VolumeInfo volume, SurfaceSettings settings, CancellationToken ct)
    {
        settings = settings.Checked(volume);
        var reader = await store.ReaderAsync(volume, ct);
        var coarse = reader.Levels.FirstOrDefault(l => l.Shape.Count <= EstimateVoxels) ?? reader.Levels[^1];
        var counter = new CountingSink(volume.Transform);
        await MarchAsync(reader, coarse, settings.FieldOf(volume), counter, null, ct);
        return [.. reader.Levels.Select(l => (long)(counter.Triangles * Math.Pow(4, coarse.Number - l.Number)))];
    }

    private static async Task MarchAsync(
        VolumeReader reader, PyramidLevel level, Func<float, float> field, ISurfaceSink sink, IProgress<double>? progress,
            CancellationToken ct)
    {
        var shape = level.Shape;
        var marcher = new SurfaceMarcher(shape.Z, shape.Y, shape.X, sink);
        var values = new float[shape.SliceCount];
        using var slices = new SlidingSlices(reader, level);
        for (var z = 0; z < shape.Z; z++)
        {
            ct.ThrowIfCancellationRequested();
            ComputeLane.GiveWay();
            await slices.HoldAsync(z, z + 1, ct);
            var slice = slices.Slices[z]!;
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = field(slice[i]);
            }

            marcher.Add(values);
            progress?.Report((z + 1.0) / shape.Z);
        }

        marcher.Finish();
    }
}
