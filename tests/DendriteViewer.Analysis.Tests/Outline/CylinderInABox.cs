using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Analysis.Tests.Outline;

/// <summary>
/// A cylinder of electrolyte with voids on a dark electrode, in whatever surrounds it: made here by arithmetic alone, so that neither the
/// phantom's generator nor the analysis can be wrong in the same way.
/// </summary>
internal sealed record CylinderInABox
{
    public const float Dark = 3000, Electrolyte = 33000;

    /// <summary>Voxels along the depth axis and the two others.</summary>
    public (int Along, int U, int V) Count { get; init; } = (120, 128, 128);

    /// <summary>Size of a voxel along the depth axis and the two others, µm.</summary>
    public (double Along, double U, double V) VoxelUm { get; init; } = (1, 1, 1);

    public Axis Axis { get; init; } = Axis.Z;

    public int Direction { get; init; } = 1;

    /// <summary>Depth of the electrode, µm from where it begins.</summary>
    public double ElectrodeUm { get; init; } = 25;

    /// <summary>Middle of the cell, µm.</summary>
    public (double U, double V) Middle { get; init; } = (64, 64);

    /// <summary>Radius of the cell, µm; infinite for a cell that fills the view.</summary>
    public double RadiusUm { get; init; } = 48;

    /// <summary>Value of what is around the cell.</summary>
    public float Outside { get; init; } = Dark;

    /// <summary>Value and thickness in µm of a holder's wall around the cell.</summary>
    public (float Value, double Um)? Wall { get; init; }

    /// <summary>Radius in µm, around the middle of the view, outside of which the reconstruction is zero, or NaN.</summary>
    public double? CircleUm { get; init; }

    public bool CircleIsNaN { get; init; }

    /// <summary>Whether the electrode reaches beyond the cell.</summary>
    public bool WideElectrode { get; init; }

    /// <summary>Whether the cell is square, of half the edge <see cref="RadiusUm"/>.</summary>
    public bool Square { get; init; }

    /// <summary>Share of its value that the middle of the cell lacks against its rim.</summary>
    public double Cupping { get; init; }

    /// <summary>Way over which the value falls to nothing from the middle outwards; infinite for none.</summary>
    public double FallUm { get; init; } = double.PositiveInfinity;

    public int Voids { get; init; } = 60;

    /// <summary>Voxels z, y, x, and the void and electrolyte volume by depth in bins of 20 µm.</summary>
    public (float[] Voxels, (int Z, int Y, int X) Shape, double[] VoidUm3, double[] ElectrolyteUm3) Make(int seed = 1)
    {
        var random = new Random(seed);
        var (n, size) = (Count, VoxelUm);
        var shape = Place(n.Along, n.U, n.V);
        var voxels = new float[(long)n.Along * n.U * n.V];
        var extent = n.Along * size.Along;
        var balls = new List<(double A, double U, double V, double R)>();
        var (cu, cv) = (n.U * size.U / 2, n.V * size.V / 2);
        for (var tries = 0; tries < 20000 && balls.Count < Voids; tries++)
        {
            var r = 2.5 + 2.5 * random.NextDouble();
            var (a, u, v) = (ElectrodeUm + 6 + random.NextDouble() * (extent - ElectrodeUm - 12), random.NextDouble() * n.U * size.U,
                random.NextDouble() * n.V * size.V);
            var isMeasured = CircleUm is not { } c || Math.Sqrt((u - cu) * (u - cu) + (v - cv) * (v - cv)) < c - r - 5;
            bool IsApart((double A, double U, double V, double R) b) =>
                Math.Sqrt((b.A - a) * (b.A - a) + (b.U - u) * (b.U - u) + (b.V - v) * (b.V - v)) > b.R + r + 4;
            if (Inside(u, v, -r - 5) && isMeasured && balls.All(IsApart))
            {
                balls.Add((a, u, v, r));
            }
        }

        var bins = (int)Math.Ceiling((extent - ElectrodeUm) / 20);
        var (voids, electrolyte) = (new double[bins], new double[bins]);
        for (var a = 0; a < n.Along; a++)
        {
            var depth = (a + 0.5) * size.Along - ElectrodeUm;
            var near = balls.Where(b => Math.Abs(b.A - depth - ElectrodeUm) <= b.R).ToArray();
            for (var u = 0; u < n.U; u++)
            {
                for (var v = 0; v < n.V; v++)
                {
                    double wu = (u + 0.5) * size.U, wv = (v + 0.5) * size.V;
                    var inside = Inside(wu, wv, 0);
                    bool Holds((double A, double U, double V, double R) b) =>
                        Math.Pow(b.A - depth - ElectrodeUm, 2) + Math.Pow(b.U - wu, 2) + Math.Pow(b.V - wv, 2) <= b.R * b.R;
                    var isVoid = near.Any(Holds);
                    var off = Math.Sqrt(Math.Pow(wu - Middle.U, 2) + Math.Pow(wv - Middle.V, 2));
                    var bright = (float)(Electrolyte * (1 - Cupping * Math.Max(0, 1 - off * off / (80 * 80))));
                    var value = inside ? depth < 0 || isVoid ? Dark : bright
                        : depth < 0 && WideElectrode ? Dark
                        : Wall is { } w && Inside(wu, wv, w.Um) ? w.Value : Outside;
                    var measured = CircleUm is not { } circle || Math.Sqrt((wu - cu) * (wu - cu) + (wv - cv) * (wv - cv)) <= circle;
                    if (inside && depth >= 0 && measured)
                    {
                        var volume = size.Along * size.U * size.V;
                        electrolyte[(int)(depth / 20)] += volume;
                        voids[(int)(depth / 20)] += isVoid ? volume : 0;
                    }

                    value *= (float)Math.Max(0, 1 - off / FallUm);
                    value += (float)(900 * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2);
                    if (!measured)
                    {
                        value = CircleIsNaN ? float.NaN : 0;
                    }

                    var (z, y, x) = Place(Direction > 0 ? a : n.Along - 1 - a, u, v);
                    voxels[((long)z * shape.Y + y) * shape.X + x] = float.IsNaN(value) ? value : Math.Clamp(value, 0, 65535);
                }
            }
        }

        return (voxels, shape, voids, electrolyte);
    }

    /// <summary>Coordinate of the interface on the depth axis, µm.</summary>
    public double InterfaceUm => Direction > 0 ? ElectrodeUm : Count.Along * VoxelUm.Along - ElectrodeUm;

    /// <summary>Size of a voxel along z, y, x, µm.</summary>
    public (double Z, double Y, double X) SizeUm => Place(VoxelUm.Along, VoxelUm.U, VoxelUm.V);

    /// <summary>Whether a place lies in the cell, or no further outside of it than a margin.</summary>
    public bool Inside(double u, double v, double margin) => Square
        ? Math.Max(Math.Abs(u - Middle.U), Math.Abs(v - Middle.V)) < RadiusUm + margin
        : Math.Sqrt(Math.Pow(u - Middle.U, 2) + Math.Pow(v - Middle.V, 2)) < RadiusUm + margin;

    private (T Z, T Y, T X) Place<T>(T along, T u, T v) => Axis switch { Axis.Y => (u, along, v), Axis.X => (u, v, along), _ =>
        (along, u, v) };
}
