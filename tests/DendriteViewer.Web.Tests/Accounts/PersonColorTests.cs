using System.Globalization;
using DendriteViewer.Web.Accounts;

namespace DendriteViewer.Web.Tests.Accounts;

/// <summary>The colours of people.</summary>
public sealed class PersonColorTests
{
    [Fact]
    public void Colors_AllTwelve_AreSeenOnBlackAndOnWhite()
    {
        Assert.Equal(12, PersonColor.All.Distinct().Count());
        Assert.All(PersonColor.All, c => Assert.True(1.05 / (Luminance(c) + 0.05) >= 3, $"{c} is too light for white."));
        Assert.All(PersonColor.All, c => Assert.True((Luminance(c) + 0.05) / 0.05 >= 4.5, $"{c} is too dark for black."));
    }

    [Fact]
    public void Color_OfAKey_IsTheSameOnEveryServer()
    {
        Assert.Equal(PersonColor.Of("3f0c7a"), PersonColor.Of("3f0c7a"));
        Assert.Equal("#3b82e6", PersonColor.Of("anna"));
        var used = Enumerable.Range(0, 400).Select(i => PersonColor.Of($"person {i}")).Distinct().Count();
        Assert.Equal(PersonColor.All.Count, used);
    }

    // WCAG's relative luminance of #rrggbb.
    private static double Luminance(string color)
    {
        var c = Enumerable.Range(0, 3)
            .Select(i => byte.Parse(color.AsSpan(1 + 2 * i, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
            .Select(v => v <= 0.04045 ? v / 12.92 : Math.Pow((v + 0.055) / 1.055, 2.4)).ToArray();
        return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
    }
}
