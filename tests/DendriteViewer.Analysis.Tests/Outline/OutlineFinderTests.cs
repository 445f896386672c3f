using DendriteViewer.Analysis.Interface;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Analysis.Tests.Outline;

/// <summary>The cell's outline where the interface is given as a number, in whatever surrounds the cell.</summary>
public sealed class OutlineFinderTests
{
    private static readonly Dictionary<string, CylinderInABox> s_cells = new()
    {
        ["dark air"] = new(),
        ["dark air, electrode beyond the cell"] = new() { WideElectrode = true },
        ["bright holder"] = new() { Outside = 52000 },
        ["bright holder, electrode beyond the cell"] = new() { Outside = 52000, WideElectrode = true },
        ["a holder that hardly differs"] = new() { Outside = 30500, WideElectrode = true },
        ["holder's wall in air"] = new() { RadiusUm = 40, Wall = (25000, 9) },
        ["bright wall in air"] = new() { RadiusUm = 40, Wall = (60000, 6) },
        ["off-centre"] = new() { Middle = (50, 80), RadiusUm = 40 },
        ["off-centre and small"] = new() { Middle = (40, 92), RadiusUm = 26 },
        ["cut on one side"] = new() { Middle = (40, 64), RadiusUm = 52 },
        ["cut in a corner"] = new() { Middle = (36, 40), RadiusUm = 56 },
        ["cut on four sides"] = new() { RadiusUm = 74 },
        ["only the corners are air"] = new() { RadiusUm = 85, Voids = 100 },
        ["zeros outside the reconstruction, air around the cell"] = new() { RadiusUm = 40, CircleUm = 62, Outside = 5000 },
        ["NaN outside the reconstruction, air around the cell"] = new() { RadiusUm = 40, CircleUm = 62, CircleIsNaN = true },
        ["cell beyond the circle of the reconstruction"] = new() { RadiusUm = 90, CircleUm = 62 },
        ["cell beyond the circle of the reconstruction, NaN outside"] = new() { RadiusUm = 90, CircleUm = 62, CircleIsNaN = true },
        ["square"] = new() { Square = true, RadiusUm = 44 },
        ["cupping"] = new() { Cupping = 0.15 },
        ["many voids"] = new() { Voids = 220 },
        ["along y, backwards"] = new() { Axis = Axis.Y, Direction = -1, Middle = (58, 70) },
        ["along x, flat voxels"] = new() { Axis = Axis.X, Count = (120, 64, 128), VoxelUm = (1, 2, 1) },
        ["along z, thick slices"] = new() { Count = (60, 128, 128), VoxelUm = (2, 1, 1) },
        ["along y, backwards, thick slices"] = new() { Axis = Axis.Y, Direction = -1, Count = (120, 50, 128), VoxelUm = (1, 2.5, 1) },
    };

    public static TheoryData<string> Cells => [.. s_cells.Keys];

    [Theory]
    [MemberData(nameof(Cells))]
    public void Outline_OfACylinderInABox_LiesWithinOneVoxelOfTheTruth(string name)
    {
        var cell = s_cells[name];
        var found = Search(cell);
        Assert.Equal(OutlineState.Found, found.State);
        var (n, size) = (cell.Count, cell.VoxelUm);
        var margin = 1.3 * Math.Max(size.U, size.V);
        var (cu, cv) = (n.U * size.U / 2, n.V * size.V / 2);
        bool Measured(double u, double v, double more) => cell.CircleUm is not { } c || Math.Sqrt((u - cu) * (u - cu)
            + (v - cv) * (v - cv)) < c + more;
        int wrong = 0, all = 0;
        for (var u = 0.5 * size.U; u < n.U * size.U; u += size.U)
        {
            for (var v = 0.5 * size.V; v < n.V * size.V; v += size.V)
            {
                all++;
                var inside = found.Outline!.Contains(u, v);
                wrong += inside && !(cell.Inside(u, v, margin) && Measured(u, v, margin)) || !inside && cell.Inside(u, v, -margin)
                    && Measured(u, v, -margin) ? 1 : 0;
            }
        }

        // A square's corners are rounded by the directions that its outline is smoothed over.
        Assert.InRange(wrong, 0, cell.Square ? 0.002 * all : 0.0005 * all);
    }

    [Theory]
    [InlineData(0, 0.0)]
    [InlineData(60, 0.0)]
    [InlineData(260, 0.0)]
    [InlineData(60, 0.1)]
    public void Outline_OfACellThatFillsTheView_IsNone(int voids, double cupping)
    {
        var found = Search(new CylinderInABox { RadiusUm = double.PositiveInfinity, Voids = voids, Cupping = cupping });
        Assert.Equal((OutlineState.Filled, null), (found.State, found.Outline));
    }

    private static OutlineFinding Search(CylinderInABox cell)
    {
        var (voxels, shape, _, _) = cell.Make();
        var size = cell.SizeUm;
        var transform = AffineTransform.Of(new VoxelSize(size.Z, size.Y, size.X), default);
        var depth = new DepthFrame(cell.Axis, cell.Direction, cell.InterfaceUm);
        var finite = voxels.Where(float.IsFinite).ToArray();
        return InterfaceFinder.FindOutline(voxels, new VolumeShape(shape.Z, shape.Y, shape.X), transform, depth, finite.Min(),
            finite.Max())!;
    }
}
