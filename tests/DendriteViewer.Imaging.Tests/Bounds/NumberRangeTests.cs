using DendriteViewer.Analysis.Segmentation;
using DendriteViewer.Analysis.Voids;
using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Imaging.Tests.Bounds;

public sealed class NumberRangeTests
{
    [Theory]
    [InlineData("1e-9", "bin is 1E-09; give 0.01 to 100000 µm.")]
    [InlineData("0,5", "bin is '0,5'; give 0.01 to 100000 µm.")]
    [InlineData("NaN", "bin is NaN; give 0.01 to 100000 µm.")]
    [InlineData("1e400", "bin is Infinity; give 0.01 to 100000 µm.")]
    [InlineData("", "bin is ''; give 0.01 to 100000 µm.")]
    public void Parse_WhatIsNoNumberOfTheRange_IsRefusedInOneSentence(string text, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<OutOfRangeException>(() => Ranges.BinUm.Parse(text)).Message);

    [Theory]
    [InlineData("-1")]
    [InlineData("99999999999")]
    [InlineData("64.5")]
    [InlineData(" 64")]
    public void ParseWhole_WhatIsNoWholeNumberOfTheRange_IsRefused(string text) =>
        Assert.StartsWith("size is ", Assert.Throws<OutOfRangeException>(() => Ranges.PictureSide.ParseWhole(text)).Message);

    [Fact]
    public void Parse_LongText_IsSaidAgainInPart() =>
        Assert.True(Assert.Throws<OutOfRangeException>(() => Ranges.BinUm.Parse(new string('9', 10_000) + "x")).Message.Length < 120);

    [Fact]
    public void Check_ListOfAnotherLength_IsRefused() => Assert.Throws<OutOfRangeException>(() => Ranges.Um.Check([1, 2], 3));

    // A bin of 10⁻⁹ µm once filled the memory until the process died.
    [Fact]
    public void Profile_BinThatMakesTooManyBins_IsRefusedWithTheLeastWidth()
    {
        var whole = new DepthHistogram(1, [.. Enumerable.Repeat(5.0, 300)]);
        var findings = new VoidFindings(0, 100, 1, whole, whole, whole, whole, []);
        Assert.Contains("0.01 to", Assert.Throws<OutOfRangeException>(() => findings.Profile(1e-9)).Message, StringComparison.Ordinal);
        Assert.Contains("give 1 µm or more",
            Assert.Throws<OutOfRangeException>(() => findings.Profile(0.02)).Message, StringComparison.Ordinal);
        var deep = new DepthHistogram(0.02, [.. Enumerable.Repeat(5.0, 20_000)]);
        Assert.Contains("give 0.04 µm or more",
            Assert.Throws<OutOfRangeException>(() => new VoidFindings(0, 100, 1, deep, deep, deep, deep, []).Profile(0.02)).Message,
            StringComparison.Ordinal);
        Assert.Equal(300, findings.Profile(1).Count);
        Assert.Throws<OutOfRangeException>(() => findings.Profile(double.NaN));
    }

    [Fact]
    public void Profile_Voids_AreCountedInTheBinOfTheirDepth()
    {
        var whole = new DepthHistogram(1, [.. Enumerable.Repeat(5.0, 100)]);
        VoidRecord At(double depth) => new(1, 1, 1, 1, 1, depth, [0, 0, 0], [0, 0, 0], [1, 1, 1]);
        var bins = new VoidFindings(0, 100, 1, whole, whole, whole, whole, [At(-1), At(0), At(19.9), At(20), At(99), At(200)]).Profile(20);
        Assert.Equal([2, 1, 0, 0, 1], bins.Select(b => b.Count));
    }
}
