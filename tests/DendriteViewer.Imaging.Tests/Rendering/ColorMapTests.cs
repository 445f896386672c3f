using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Kernels.ColorMapping;

namespace DendriteViewer.Imaging.Tests.Rendering;

public sealed class ColorMapTests
{
    // Lightness alone tells the order of values, whatever hues a reader tells apart.
    [Theory]
    [InlineData("grey")]
    [InlineData("viridis")]
    [InlineData("inferno")]
    [InlineData("cividis")]
    public void Lightness_OfASequentialMap_OnlyRises(string name)
    {
        var lightness = ColorMap.Find(name).Colors.Select(Luminance).ToArray();
        Assert.All(lightness.Zip(lightness.Skip(1)), p => Assert.True(p.First < p.Second + 1e-9));
        Assert.True(lightness[^1] - lightness[0] > 0.5);
    }

    [Fact]
    public void Map_TurnedAround_HasTheColoursTheOtherWayAndIsFoundByItsName()
    {
        Assert.All(ColorMap.All, map =>
        {
            var turned = ColorMap.Find(map.Name + "-inverted");
            Assert.Equal(map.Colors.Reverse(), turned.Colors);
            Assert.Same(map, turned.Inverted);
            Assert.Same(turned, map.Inverted);
            Assert.True(turned.IsInverted && !map.IsInverted);
        });
        Assert.Null(ColorMap.TryFind("grey-inverted-inverted"));
        Assert.Equal("grey", ColorMap.Find("nonsense").Name);
    }

    private static double Luminance(Rgb c) => 0.2126 * Linear(c.R) + 0.7152 * Linear(c.G) + 0.0722 * Linear(c.B);

    private static double Linear(byte v) => v / 255.0 <= 0.04045 ? v / 255.0 / 12.92 : Math.Pow((v / 255.0 + 0.055) / 1.055, 2.4);
}
