using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Tests.Bricks;

public sealed class PagedVolumeTests
{
    [Theory]
    [InlineData(70, 65, 130)]
    [InlineData(9, 8, 7)]
    [InlineData(1, 17, 64)]
    public void At_OfADenseVolume_IsTheVoxel(int nz, int ny, int nx)
    {
        var dense = Dense(nz, ny, nx);
        var volume = PagedVolume.FromDense<ushort>(dense, nz, ny, nx);
        for (var i = 0; i < dense.Length; i++)
        {
            Assert.Equal(dense[i], volume.At(i / nx / ny, i / nx % ny, i % nx));
        }

        Assert.Equal(dense[^1], volume.At(nz, ny + 5, nx + 1));
    }

    // A cell's extremes are those of all voxels that a trilinear sample in it reads, across the faces of bricks, and no others.
    [Theory]
    [InlineData(70, 65, 130)]
    [InlineData(64, 20, 72)]
    public void CellRange_OfEveryCell_IsWhatItsSamplesRead(int nz, int ny, int nx)
    {
        var dense = Dense(nz, ny, nx);
        var volume = PagedVolume.FromDense<ushort>(dense, nz, ny, nx);
        int cellsY = (ny + 7) / 8, cellsX = (nx + 7) / 8;
        for (var c = 0; c < (nz + 7) / 8 * cellsY * cellsX; c++)
        {
            int z0 = c / cellsX / cellsY * 8, y0 = c / cellsX % cellsY * 8, x0 = c % cellsX * 8;
            var (least, most) = (ushort.MaxValue, ushort.MinValue);
            for (var z = z0; z <= Math.Min(z0 + 8, nz - 1); z++)
            {
                for (var y = y0; y <= Math.Min(y0 + 8, ny - 1); y++)
                {
                    for (var x = x0; x <= Math.Min(x0 + 8, nx - 1); x++)
                    {
                        var v = dense[(z * ny + y) * nx + x];
                        (least, most) = (Math.Min(least, v), Math.Max(most, v));
                    }
                }
            }

            Assert.Equal(((float)least, (float)most), volume.CellRange(0, z0 / 8, y0 / 8, x0 / 8));
        }
    }

    private static ushort[] Dense(int nz, int ny, int nx)
    {
        var random = new Random(5);
        return Enumerable.Range(0, nz * ny * nx).Select(_ => (ushort)random.Next(65536)).ToArray();
    }
}
