namespace DendriteViewer.Kernels.Labelling;

/// <summary>
/// What a connected component is, in voxels: its size, box and sums of the indices and their products, exact in whole numbers,
/// so that regions can be added to one another and moments follow without a second look at the volume.
/// </summary>
public struct Region
{
    /// <summary>Number of voxels.</summary>
    public long Voxels;

    /// <summary>Sum of the voxels' z.</summary>
    public long SumZ;

    /// <summary>Sum of the voxels' y.</summary>
    public long SumY;

    /// <summary>Sum of the voxels' x.</summary>
    public long SumX;

    /// <summary>Sum of z².</summary>
    public long SumZZ;

    /// <summary>Sum of y².</summary>
    public long SumYY;

    /// <summary>Sum of x².</summary>
    public long SumXX;

    /// <summary>Sum of z·y.</summary>
    public long SumZY;

    /// <summary>Sum of z·x.</summary>
    public long SumZX;

    /// <summary>Sum of y·x.</summary>
    public long SumYX;

    /// <summary>Least z.</summary>
    public int Z0;

    /// <summary>Least y.</summary>
    public int Y0;

    /// <summary>Least x.</summary>
    public int X0;

    /// <summary>One past the largest z.</summary>
    public int Z1;

    /// <summary>One past the largest y.</summary>
    public int Y1;

    /// <summary>One past the largest x.</summary>
    public int X1;

    /// <summary>A region of no voxel.</summary>
    public static Region Empty => new() { Z0 = int.MaxValue, Y0 = int.MaxValue, X0 = int.MaxValue };

    /// <summary>Mean index of the voxels along z, y, x; a voxel's centre lies half a voxel further.</summary>
    public readonly (double Z, double Y, double X) Mean => ((double)SumZ / Voxels, (double)SumY / Voxels, (double)SumX / Voxels);

    /// <summary>
    /// Central second moments per voxel (zz, yy, xx, zy, zx, yx), in voxels²; a twelfth, each voxel's own extent, is added to
    /// the first three, so that one voxel is a cube and not a point.
    /// </summary>
    public readonly (double ZZ, double YY, double XX, double ZY, double ZX, double YX) Moments
    {
        get
        {
            var (z, y, x) = Mean;
            double n = Voxels;
            return (SumZZ / n - z * z + 1.0 / 12, SumYY / n - y * y + 1.0 / 12, SumXX / n - x * x + 1.0 / 12, SumZY / n - z * y, SumZX / n - z * x, SumYX / n - y * x);
        }
    }

    /// <summary>Adds a run of voxels [x0, x1) of row (z, y).</summary>
    public void Add(int z, int y, int x0, int x1)
    {
        long n = x1 - x0, sx = n * (x0 + x1 - 1) / 2;
        Voxels += n;
        SumZ += n * z;
        SumY += n * y;
        SumX += sx;
        SumZZ += n * z * z;
        SumYY += n * y * y;
        SumXX += Squares(x1 - 1) - Squares(x0 - 1);
        SumZY += n * z * y;
        SumZX += sx * z;
        SumYX += sx * y;
        (Z0, Y0, X0) = (Math.Min(Z0, z), Math.Min(Y0, y), Math.Min(X0, x0));
        (Z1, Y1, X1) = (Math.Max(Z1, z + 1), Math.Max(Y1, y + 1), Math.Max(X1, x1));
    }

    /// <summary>Adds another region.</summary>
    public void Add(in Region o)
    {
        Voxels += o.Voxels;
        SumZ += o.SumZ;
        SumY += o.SumY;
        SumX += o.SumX;
        SumZZ += o.SumZZ;
        SumYY += o.SumYY;
        SumXX += o.SumXX;
        SumZY += o.SumZY;
        SumZX += o.SumZX;
        SumYX += o.SumYX;
        (Z0, Y0, X0) = (Math.Min(Z0, o.Z0), Math.Min(Y0, o.Y0), Math.Min(X0, o.X0));
        (Z1, Y1, X1) = (Math.Max(Z1, o.Z1), Math.Max(Y1, o.Y1), Math.Max(X1, o.X1));
    }

    // 0² + 1² + … + k².
    private static long Squares(long k) => k * (k + 1) * (2 * k + 1) / 6;
}
