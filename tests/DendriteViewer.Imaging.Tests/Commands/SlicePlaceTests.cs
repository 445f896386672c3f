using System.CommandLine;
using DendriteViewer.Cli.Commands;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Tests.Figures;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Commands;

public sealed class SlicePlaceTests(FigureFixture fixture) : IClassFixture<FigureFixture>
{
    [Fact]
    public void Follow_WithADepth_PutsTheCrosshairAtThatDepth()
    {
        var dataset = DatasetWith(interfaceUm: 12);
        var (pane, view) = Place(dataset, "--follow", "--depth-um", "30.5");
        Assert.Equal(Pane.Z, pane);
        Assert.True(view.FollowsInterface);
        Assert.Equal(30.5, dataset.Depth.DepthOf(view.Focus).Um, 9);
    }

    [Fact]
    public void AtUm_OnAnAxis_PutsTheCrosshairThere()
    {
        var (pane, view) = Place(DatasetWith(interfaceUm: null), "--axis", "x", "--at-um", "7");
        Assert.Equal((Pane.X, 7), (pane, view.Focus.X));
        Assert.False(view.FollowsInterface);
    }

    [Theory]
    [InlineData("--at-um")]
    [InlineData("--follow too", "--depth-um", "3")]
    [InlineData("as --depth-um", "--follow")]
    [InlineData("as --depth-um", "--follow", "--at-um", "3")]
    [InlineData("leave --axis away", "--follow", "--depth-um", "3", "--axis", "y")]
    [InlineData("z, y or x", "--axis", "w", "--at-um", "3")]
    public void Options_ThatDoNotSayOnePlace_AreRefusedWithTheRemedy(string remedy, params string[] options) =>
        Assert.Contains(
            remedy, Assert.Throws<UsageException>(() => Place(DatasetWith(interfaceUm: 12), options)).Message, StringComparison.Ordinal);

    [Fact]
    public void Follow_WithoutAnInterface_IsRefused() =>
        Assert.Equal(
            InterfaceSheet.NoInterface,
            Assert.Throws<UsageException>(() => Place(DatasetWith(interfaceUm: null), "--follow", "--depth-um", "3")).Message);

    private (Pane Pane, ViewState View) Place(Dataset dataset, params string[] options)
    {
        var place = new SlicePlace();
        var command = new Command("slice");
        place.AddTo(command);
        return place.Of(command.Parse(options), dataset, dataset.Volumes[0], fixture.View);
    }

    private Dataset DatasetWith(double? interfaceUm) => fixture.Dataset with
    {
        Depth = new DepthFrame(Axis.Z, 1, interfaceUm ?? 0),
        Manifest = fixture.Dataset.Manifest with { Depth = interfaceUm is null ? null : new DepthManifest() },
    };
}
