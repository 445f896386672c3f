using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Tests.Geometry;

public sealed class VoxelSizeTests
{
    [Theory]
    [InlineData(0.5, 0.5, 0.5, "0.5 µm")]
    [InlineData(2, 0.65, 0.65, "2 × 0.65 × 0.65 µm (z × y × x)")]
    [InlineData(1, 1, 1.25, "1 × 1 × 1.25 µm (z × y × x)")]
    public void Text_OfAVoxel_GivesAllThreeSizesWhereTheyDiffer(double z, double y, double x, string text) =>
        Assert.Equal(text, new VoxelSize(z, y, x).ToText());
}
