using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Importing;

/// <summary>
/// Finds the lithium/electrolyte interface where <c>interfaceUm</c> is "auto": the plane across the depth axis at which the
/// mean value of the pristine scan rises most, from dark lithium to bright electrolyte, to a fraction of a coarse voxel.
/// </summary>
internal static class InterfaceFinder
{
    public static async Task<DepthManifest> ResolveAsync(DatasetStore store, DatasetId id, DatasetManifest manifest, DepthManifest depth, CancellationToken ct)
    {
        var dataset = Dataset.Of(id, manifest with { Depth = depth with { InterfaceUm = null } });
        var first = dataset.Volumes[0];
        var reader = await store.ReaderAsync(first, ct);
        var level = reader.Levels.Last(l => l == reader.Levels[0] || Along(l.Shape, depth.Axis) >= 64);
        var profile = await ProfileAsync(reader, level, depth, ct);
        var best = 0.0;
        var at = 0;
        for (var i = 1; i < profile.Length; i++)
        {
            var rise = profile[i] - profile[i - 1];
            if (rise > best)
            {
                (best, at) = (rise, i);
            }
        }

        if (best <= 0)
        {
            throw new VolumeFormatException($"The interface of {id} could not be found from the scan; give depth.interfaceUm in dataset.json as a number of µm.");
        }

        var middle = (profile[Math.Max(0, at - 4)] + profile[Math.Min(profile.Length - 1, at + 3)]) / 2;
        var crossing = at - 1 + Math.Clamp((middle - profile[at - 1]) / (profile[at] - profile[at - 1]), 0, 1);
        var index = depth.Direction >= 0 ? crossing : profile.Length - 1 - crossing;
        var point = depth.Axis switch
        {
            "y" => new VoxelPoint(0, (index + 0.5) * level.FactorY, 0),
            "x" => new VoxelPoint(0, 0, (index + 0.5) * level.FactorX),
            _ => new VoxelPoint((index + 0.5) * level.FactorZ, 0, 0),
        };
        var world = first.Transform.ToWorld(point);
        var um = Math.Round(depth.Axis switch { "y" => world.Y, "x" => world.X, _ => world.Z }, 2);
        return depth with
        {
            InterfaceUm = JsonSerializer.SerializeToElement(um),
            Other = new(depth.Other ?? []) { ["interfaceFound"] = JsonSerializer.SerializeToElement("auto") },
        };
    }

    // Mean over the middle half of each cross section, smoothed by three, seen in the direction of growing depth.
    private static async Task<double[]> ProfileAsync(Zarr.VolumeReader reader, Zarr.PyramidLevel level, DepthManifest depth, CancellationToken ct)
    {
        var dense = await DenseLevels.ReadFloatAsync(reader, level, ct);
        var s = level.Shape;
        var n = Along(s, depth.Axis);
        var sum = new double[n];
        var count = new long[n];
        var axis = depth.Axis;
        bool Middle(int i, int size) => size < 8 || (i >= size / 4 && i < size - size / 4);
        for (var z = 0; z < s.Z; z++)
        {
            for (var y = 0; y < s.Y; y++)
            {
                for (var x = 0; x < s.X; x++)
                {
                    if ((axis == "z" || Middle(z, s.Z)) && (axis == "y" || Middle(y, s.Y)) && (axis == "x" || Middle(x, s.X)))
                    {
                        var i = axis switch { "y" => y, "x" => x, _ => z };
                        sum[i] += dense[((long)z * s.Y + y) * s.X + x];
                        count[i]++;
                    }
                }
            }
        }

        var mean = sum.Select((v, i) => v / Math.Max(1, count[i])).ToArray();
        if (depth.Direction < 0)
        {
            Array.Reverse(mean);
        }

        return mean.Select((_, i) => (mean[Math.Max(0, i - 1)] + mean[i] + mean[Math.Min(n - 1, i + 1)]) / 3).ToArray();
    }

    private static int Along(VolumeShape s, string axis) => axis switch { "y" => s.Y, "x" => s.X, _ => s.Z };
}
