using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Volumes;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Analysis.Tests.Multiscale;

/// <summary>Classes that are drawn by hand: what they hold, and what of a file is refused.</summary>
public sealed class DrawnClassesTests
{
    private const string Good = """
        {"classes":[{"class":"lithium","corners":[[0,0],[4,0],[4,4],[0,4]]},{"class":"void","corners":[[3,3],[9,3],[9,9]]}]}
        """;

    [Fact]
    public void Posterior_OfAVoxel_IsOfTheAreasThatHoldIt()
    {
        var model = new DrawnModel(DrawnClasses.Parse(Good, "F"));
        double[] Of(float a, float p)
        {
            var target = new double[] { 9, 9, 9, 9 };
            model.Posterior(new JointValue(a, p), target);
            return target;
        }

        Assert.Equal([0, 0, 1, 0], Of(1, 1));
        Assert.Equal([0, 1, 0, 0], Of(8.5f, 6));
        Assert.Equal([0, 0.5, 0.5, 0], Of(3.9f, 3.1f));
        Assert.Equal([0, 0, 0, 1], Of(-1, 2));
    }

    [Theory]
    [InlineData("", "no file of classes")]
    [InlineData("[1]", "no file of classes")]
    [InlineData("{\"classes\":[null,null]}", "An area is of lithium, void or electrolyte")]
    [InlineData("{\"classes\":null}", "The number of areas is 0")]
    [InlineData("""{"classes":[{"class":"lithium","corners":[[0,0],[1,0],[1,1]]},{"class":"lithium","corners":[[0,0],[1,0],[1,1]]}]}""",
        "No area is of void")]
    [InlineData("""{"classes":[{"class":"lithium","corners":[[0,0],[1,0]]},{"class":"void","corners":[[0,0],[1,0],[1,1]]}]}""",
        "corners of lithium is 2")]
    [InlineData("""{"classes":[{"class":"unsure","corners":[]},{"class":"void","corners":[[0,0],[1,0],[1,1]]}]}""", "An area is of")]
    public void File_OfOtherThings_IsRefusedInOneSentence(string json, string sentence) => Assert.Contains(
        sentence, Assert.Throws<VolumeFormatException>(() => DrawnClasses.Parse(json, "F.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void File_WithALetterChanged_IsReadOrRefused() => Prop.ForAll<int, byte>((at, letter) =>
    {
        var text = Good.ToCharArray();
        text[(at & int.MaxValue) % text.Length] = (char)(32 + letter % 95);
        try
        {
            DrawnClasses.Parse(new string(text), "F");
        }
        catch (VolumeFormatException)
        {
        }
    }).QuickCheckThrowOnFailure();
}
