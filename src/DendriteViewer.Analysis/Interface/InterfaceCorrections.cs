using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Interface;

/// <summary>
/// Corrects where the interface is: it goes through points that somebody placed, and stays as it was found away from them. What was
/// found is kept beside it, so that taking a point away brings it back. Where the dataset gave a coordinate, a level surface is corrected.
/// </summary>
public static class InterfaceCorrections
{
    /// <summary>At most so many points.</summary>
    public const int MostPoints = 200;

    // A correction fades over so much of the field of view.
    private const double Reach = 0.12;
    private const int Nodes = 48;

    /// <summary>Sets the points and publishes the dataset.</summary>
    /// <param name="store">Where it is.</param>
    /// <param name="id">The dataset.</param>
    /// <param name="points">All points that the interface goes through; none for what was found.</param>
    /// <param name="ct">Stops it before it is published.</param>
    /// <param name="expected">The identity that the dataset must have, or null for whatever is there.</param>
    /// <exception cref="VolumeFormatException">The dataset is gone, or a point lies nowhere near it.</exception>
    public static async Task<Dataset> SetAsync(DatasetStore store, DatasetId id, IReadOnlyList<WorldPoint> points, CancellationToken ct,
        DatasetIdentity? expected = null)
    {
        return await store.UpdateAsync(
            id, d => ValueTask.FromResult(Corrected(d ?? throw new VolumeFormatException($"{id} was deleted."), points)), ct, expected);
    }

    private static DatasetManifest Corrected(Dataset dataset, IReadOnlyList<WorldPoint> points)
    {
        var (low, high) = dataset.Volumes[0].Bounds;
        var margin = 0.1 * (high - low).Length;
        if (points.Count > MostPoints || points.Any(p => !(p.Z > low.Z - margin && p.Z < high.Z + margin && p.Y > low.Y - margin && p.Y < high.Y + margin && p.X > low.X - margin && p.X < high.X + margin)))
        {
            throw new VolumeFormatException($"The interface is corrected by at most {MostPoints} points inside the scan.");
        }

        var depth = dataset.Manifest.Depth ?? new DepthManifest();
        var found = Found(dataset, depth, low, high);
        var extent = Math.Min((found.Shape.U - 1) * found.StepUm, (found.Shape.V - 1) * found.StepUm);
        var corrected = InterfaceFinder.Through(found, points, Math.Max(Reach * extent, 2 * found.StepUm));
        return dataset.Manifest with
        {
            Depth = depth with
            {
                InterfaceUm = System.Text.Json.JsonSerializer.SerializeToElement(Math.Round(corrected.Plane.MiddleUm, 3)),
                Surface = Manifests.SurfaceOf(corrected) with
                {
                    FoundUm = Manifests.SurfaceOf(found).HeightsUm,
                    FoundFilledNodes = found.Filled,
                    PointsUm = points.Count == 0 ? null : points.Select(p => new[] { Math.Round(p.Z, 3), Math.Round(p.Y, 3), Math.Round(p.X, 3) }).ToArray(),
                },
            },
        };
    }

    private static InterfaceSurface Found(Dataset dataset, DepthManifest depth, WorldPoint low, WorldPoint high)
    {
        var axis = dataset.Depth.Axis;
        if (dataset.Depth.Surface is { } surface && depth.Surface is { } kept)
        {
            return kept.FoundUm is { } heights
                ? new InterfaceSurface(
                    axis, surface.OriginUm, surface.StepUm, surface.Shape, heights, surface.ResidualUm, kept.FoundFilledNodes)
                : surface;
        }

        // A coordinate or a plane, on a grid fine enough to be bent.
        var ((_, u0, v0), (_, u1, v1)) = (InterfaceSurface.Split(axis, low.Z, low.Y, low.X), InterfaceSurface.Split(axis, high.Z, high.Y, high.X));
        var step = Math.Max(u1 - u0, v1 - v0) / (Nodes - 1);
        var shape = (U: Math.Max(2, (int)Math.Ceiling((u1 - u0) / step) + 1), V: Math.Max(2, (int)Math.Ceiling((v1 - v0) / step) + 1));
        var grid = new float[shape.U * shape.V];
        for (var i = 0; i < grid.Length; i++)
        {
            grid[i] = (float)(dataset.Depth.Surface?.HeightAt(u0 + i / shape.V * step, v0 + i % shape.V * step) ?? dataset.Depth.InterfaceUm);
        }

        return new InterfaceSurface(axis, (u0, v0), step, shape, grid, 0);
    }
}
