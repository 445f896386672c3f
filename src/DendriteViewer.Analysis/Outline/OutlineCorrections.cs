using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using MathNet.Numerics.LinearAlgebra;

namespace DendriteViewer.Analysis.Outline;

/// <summary>
/// Corrects where the cell ends: its outline goes through points that somebody placed, and stays as it was found away from them. What was
/// found is kept beside it, so that taking a point away brings it back. Where none was found, the field of view is corrected.
/// </summary>
public static class OutlineCorrections
{
    /// <summary>At most so many points.</summary>
    public const int MostPoints = 200;

    // A correction fades over so many degrees around the middle.
    private const double ReachDeg = 12;
    private const int Directions = 180;

    /// <summary>Sets the points and publishes the dataset.</summary>
    /// <param name="store">Where it is.</param>
    /// <param name="id">The dataset.</param>
    /// <param name="points">All points that the outline goes through, along the two axes across the depth axis, µm; none for what was found.</param>
    /// <param name="ct">Stops it before it is published.</param>
    /// <param name="expected">The identity that the dataset must have, or null for whatever is there.</param>
    /// <exception cref="VolumeFormatException">The dataset is gone, a point lies nowhere near it, or the outline cannot be bent.</exception>
    public static async Task<Dataset> SetAsync(DatasetStore store, DatasetId id, IReadOnlyList<(double U, double V)> points,
        CancellationToken ct, DatasetIdentity? expected = null)
    {
        return await store.UpdateAsync(
            id, d => ValueTask.FromResult(Corrected(d ?? throw new VolumeFormatException($"{id} was deleted."), points)), ct, expected);
    }

    private static DatasetManifest Corrected(Dataset dataset, IReadOnlyList<(double U, double V)> points)
    {
        var (low, high) = dataset.Volumes[0].Bounds;
        var ((_, u0, v0), (_, u1, v1)) = (InterfaceSurface.Split(dataset.Depth.Axis, low.Z, low.Y, low.X), InterfaceSurface.Split(dataset.Depth.Axis, high.Z, high.Y, high.X));
        var margin = 0.1 * Math.Max(u1 - u0, v1 - v0);
        if (points.Count > MostPoints || points.Any(p => !(p.U > u0 - margin && p.U < u1 + margin && p.V > v0 - margin && p.V < v1 + margin)))
        {
            throw new VolumeFormatException($"The outline is corrected by at most {MostPoints} points inside the scan.");
        }

        var cell = dataset.Manifest.Cell ?? new CellManifest();
        var known = cell.OutlineFoundUm ?? cell.OutlineUm;
        var found = known is { Length: > 0 } ? new CellOutline(known.Select(c => (c[0], c[1]))) : new CellOutline([(u0, v0), (u0, v1), (u1, v1), (u1, v0)]);
        var corrected = points.Count == 0
            ? cell with { OutlineUm = known is { Length: > 0 } ? known : null, OutlineFoundUm = null, OutlinePointsUm = null }
            : cell with
            {
                OutlineUm = Corners(Through(found, points)),
                OutlineFoundUm = known ?? [],
                OutlinePointsUm = points.Select(p => new[] { Math.Round(p.U, 3), Math.Round(p.V, 3) }).ToArray(),
            };
        return dataset.Manifest with { Cell = corrected };
    }

    /// <summary>An outline bent through points, as its distance from the middle by direction.</summary>
    /// <exception cref="VolumeFormatException">The outline crosses some direction more than once, or a point lies in its middle.</exception>
    public static CellOutline Through(CellOutline outline, IReadOnlyList<(double U, double V)> points)
    {
        var (mu, mv) = outline.Middle;
        var places = points.Select(p => (Angle: Math.Atan2(p.V - mv, p.U - mu), Radius: Math.Sqrt((p.U - mu) * (p.U - mu) + (p.V - mv) * (p.V - mv))))
            .DistinctBy(p => Math.Round(p.Angle, 6)).ToArray();
        var size = Math.Sqrt(outline.AreaUm2);
        if (places.Any(p => p.Radius < 0.02 * size))
        {
            throw new VolumeFormatException("A point in the middle of the cell says nothing of where its outline is.");
        }

        const double Reach = ReachDeg * Math.PI / 180;
        double Bell(double a, double b) => Math.Exp(-Math.Pow(Math.IEEERemainder(a - b, 2 * Math.PI) / Reach, 2) / 2);
        var matrix = Matrix<double>.Build.Dense(places.Length, places.Length, (i, j) => Bell(places[i].Angle, places[j].Angle) + (i == j ? 1e-6 : 0));
        var weights = places.Length == 0
            ? Vector<double>.Build.Dense(1)
            : matrix.Solve(Vector<double>.Build.Dense(places.Length, i => places[i].Radius - RadiusOf(outline, places[i].Angle)));
        var angles = Enumerable.Range(0, Directions).Select(i => (i + 0.5) * 2 * Math.PI / Directions - Math.PI).Concat(places.Select(p => p.Angle)).Order();
        return new CellOutline(angles.Select(angle =>
        {
            var radius = Math.Max(0.01 * size, RadiusOf(outline, angle) + places.Select((p, i) => weights[i] * Bell(angle, p.Angle)).Sum());
            return (mu + radius * Math.Cos(angle), mv + radius * Math.Sin(angle));
        }));
    }

    // Where the way from the middle in a direction leaves the outline.
    private static double RadiusOf(CellOutline outline, double angle)
    {
        var ((mu, mv), (cu, cv)) = (outline.Middle, (Math.Cos(angle), Math.Sin(angle)));
        var corners = outline.Corners;
        double? found = null;
        for (int i = 0, j = corners.Count - 1; i < corners.Count; j = i++)
        {
            var (a, b) = (corners[j], corners[i]);
            double au = a.U - mu, av = a.V - mv, bu = b.U - mu, bv = b.V - mv;
            double sideA = cu * av - cv * au, sideB = cu * bv - cv * bu;
            if (sideA <= 0 == sideB <= 0)
            {
                continue;
            }

            var t = sideA / (sideA - sideB);
            var along = cu * (au + t * (bu - au)) + cv * (av + t * (bv - av));
            if (along <= 0)
            {
                continue;
            }

            if (found is { } other && Math.Abs(other - along) > 1e-6 * along)
            {
                throw new VolumeFormatException("The outline is not seen whole from its middle, so points cannot bend it; correct cell.outlineUm in dataset.json.");
            }

            found = along;
        }

        return found ?? throw new VolumeFormatException("The outline does not hold its own middle; correct cell.outlineUm in dataset.json.");
    }

    private static double[][] Corners(CellOutline outline) => outline.Corners.Select(c => new[] { Math.Round(c.U, 3), Math.Round(c.V, 3) }).ToArray();
}
