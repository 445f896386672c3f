using DendriteViewer.Imaging.Formats.Tiff;

namespace DendriteViewer.Imaging.Tests.Formats.Tiff;

public sealed class NaturalOrderTests
{
    [Fact]
    public void Compare_RunsOfDigits_AreNumbers()
    {
        string[] names = ["s10.tif", "s2.tif", "s1.tif", "s002b.tif", "a99.tif"];
        Assert.Equal(["a99.tif", "s1.tif", "s2.tif", "s002b.tif", "s10.tif"], names.Order(NaturalOrder.Instance));
    }
}
