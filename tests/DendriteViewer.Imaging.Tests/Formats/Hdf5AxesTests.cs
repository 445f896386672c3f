using DendriteViewer.Hdf5;
using DendriteViewer.Imaging.Formats;

namespace DendriteViewer.Imaging.Tests.Formats;

/// <summary>Which axes of an HDF5 dataset are time, z, y and x, by names as programs write them.</summary>
public sealed class Hdf5AxesTests
{
    [Theory]
    [InlineData("", "5 7 9", "-1 0 1 2")]
    [InlineData("", "7 9", "-1 -1 0 1")]
    [InlineData("", "3 5 7 9", "0 1 2 3")]
    [InlineData("", "1 5 7 9", "-1 1 2 3")]
    [InlineData("", "5 7 9 1", "-1 0 1 2")]
    [InlineData("", "1 5 7 1", "-1 1 2 3")]
    [InlineData("", "3 5 7 9 1", "0 1 2 3")]
    [InlineData("x y z", "9 7 5", "-1 2 1 0")]
    [InlineData("Z_pixel tomo-y x(um)", "5 7 9", "-1 0 1 2")]
    [InlineData("scan_time slice row column", "3 5 7 9", "0 1 2 3")]
    [InlineData("dim_0 dim_1 dim_2", "5 7 9", "-1 0 1 2")]
    [InlineData("time dim_1 dim_2 dim_3", "3 5 7 9", "0 1 2 3")]
    [InlineData("p q r", "5 7 9", "-1 0 1 2")]
    public void Names_AsProgramsWriteThem_GiveTheOrder(string names, string lengths, string order)
    {
        var spelled = names.Length == 0 ? null : names.Split(' ');
        var answer = Hdf5Axes.Of("scan.h5", new AxesQuestion("/data", spelled, lengths.Split(' ').Select(long.Parse).ToArray()));
        Assert.Equal(order.Split(' ').Select(int.Parse), answer.Order);
    }
}
