namespace DendriteViewer.Kernels.Slicing;

/// <summary>
/// Heights over a rectangular grid, bilinear between its nodes. A height that is not a number says that none is known there.
/// </summary>
/// <param name="Heights">Node (row, column) is <c>Heights[row · Columns + column]</c>.</param>
/// <param name="Rows">Nodes down, at least 2.</param>
/// <param name="Columns">Nodes across, at least 2.</param>
public sealed record HeightField(float[] Heights, int Rows, int Columns)
{
    /// <summary>One height everywhere.</summary>
    public static HeightField Level(float height) => new([height, height, height, height], 2, 2);

    /// <summary>
    /// The height at a place counted in nodes. Half a node beyond the outermost ones theirs goes on; further out, and where one of the
    /// four nodes around has none, it is NaN.
    /// </summary>
    public float At(double row, double column)
    {
        if (!(row >= -0.5 && row <= Rows - 0.5 && column >= -0.5 && column <= Columns - 0.5))
        {
            return float.NaN;
        }

        row = Math.Clamp(row, 0, Rows - 1);
        column = Math.Clamp(column, 0, Columns - 1);
        int i = Math.Min((int)row, Rows - 2), j = Math.Min((int)column, Columns - 2);
        double fi = row - i, fj = column - j;
        var at = i * Columns + j;
        var near = Heights[at] + (Heights[at + 1] - Heights[at]) * fj;
        var far = Heights[at + Columns] + (Heights[at + Columns + 1] - Heights[at + Columns]) * fj;
        return (float)(near + (far - near) * fi);
    }
}
