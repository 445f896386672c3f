using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats;

public sealed class AxisOrderTests
{
    [Theory]
    [InlineData("zyx", 0, 1, 2, -1, true)]
    [InlineData("tzyx", 1, 2, 3, 0, true)]
    [InlineData("xyz", 2, 1, 0, -1, false)]
    [InlineData("zyxt", 0, 1, 2, 3, false)]
    [InlineData("yx", -1, 0, 1, -1, true)]
    public void NamedAxes_InAnyOrder_AreFound(string names, int z, int y, int x, int time, bool standard)
    {
        var order = AxisOrder.Of("scan", Axes(names, 4));

        Assert.Equal(new AxisOrder(z, y, x, time), order);
        Assert.Equal(standard, order.IsStandard);
    }

    [Theory]
    [InlineData(1, "", -1, -1, 0, -1)]
    [InlineData(3, "", 0, 1, 2, -1)]
    [InlineData(4, "", 1, 2, 3, 0)]
    public void UnnamedAxes_AreZyxWithTimeBefore(int count, string name, int z, int y, int x, int time) =>
        Assert.Equal(new AxisOrder(z, y, x, time), AxisOrder.Of("scan", Enumerable.Repeat(FileAxis.Named(name, 5), count).ToArray()));

    [Fact]
    public void ChannelAxis_OfOneElement_IsLeftOutWhereverItStands() =>
        Assert.Equal(new AxisOrder(1, 2, 3, 0), AxisOrder.Of("scan", [.. Axes("tzyx", 4), FileAxis.Named("c", 1)]));

    [Theory]
    [InlineData("c", "2 channels")]
    [InlineData("theta", "neither z, y, x nor time")]
    [InlineData("", "neither z, y, x nor time")]
    [InlineData("z", "two axes for z")]
    public void LongAxis_ThatNoScanHas_IsRefusedByName(string name, string said)
    {
        var e = Assert.Throws<VolumeFormatException>(() => AxisOrder.Of("scan.h5", [.. Axes("zyx", 4), FileAxis.Named(name, 2)]));

        Assert.StartsWith("scan.h5 has", e.Message, StringComparison.Ordinal);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    private static FileAxis[] Axes(string names, long length) => names.Select(n => FileAxis.Named(n.ToString(), length)).ToArray();
}
