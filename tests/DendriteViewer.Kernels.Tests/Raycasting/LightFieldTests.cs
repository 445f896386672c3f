using System.Numerics;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Tests.Raycasting;

public sealed class LightFieldTests
{
    private const int N = 24;

    [Fact]
    public void Of_NothingInTheWay_IsFullLight()
    {
        var field = Field(_ => 0, new Vector3(0.5f, 0.7f, -0.5f));
        Assert.Equal((1, 1), At(field, new Vector3(11.3f, 5.2f, 20)));
    }

    // Light from −z, −y, … is held back by a wall in its way, whatever the axis; before the wall it is not.
    [Theory]
    [InlineData(0, 0, -1)]
    [InlineData(0, 0, 1)]
    [InlineData(0, -1, 0)]
    [InlineData(1, 0, 0)]
    public void Of_AWall_ThrowsAShadowOnItsOtherSide(int x, int y, int z)
    {
        var light = new Vector3(x, y, z);
        var field = Field(p => MathF.Abs(Vector3.Dot(p - new Vector3(11.5f), light)) < 1 ? 1 : 0, light);
        var middle = new Vector3(11.5f);
        Assert.InRange(At(field, middle - 4 * light).Shadow, 0, 0.1f);
        Assert.InRange(At(field, middle + 4 * light).Shadow, 0.99f, 1);
    }

    // The shadow of a post falls where the light's direction carries it, between whole cells too.
    [Fact]
    public void Of_SlantedLight_MovesTheShadow()
    {
        var light = Vector3.Normalize(new Vector3(0.5f, 0, -1));
        var field = Field(p => p.Z is > 5 and < 8 && p.X is > 13 and < 18 ? 1 : 0, light);
        float Shadow(float x) => At(field, new Vector3(x, 12, 16.5f)).Shadow;

        // From z = 6.5 to 16.5 the shadow moves by 10 · 0.5 against the light.
        Assert.InRange(Shadow(10.5f), 0, 0.35f);
        Assert.InRange(Shadow(16.5f), 0.85f, 1);
    }

    // Where an opaque volume ends, its face stands in the light.
    [Fact]
    public void Of_AFullVolume_IsDarkInsideAndLightAtItsEnd()
    {
        var field = Field(_ => 1, -Vector3.UnitZ);
        Assert.InRange(At(field, new Vector3(12)).Ambient, 0, 0.2f);
        Assert.Equal((1, 1), At(field, new Vector3(12, 12, -1.2f)));
    }

    [Fact]
    public void Of_AHollowBox_IsDarkInsideAndLightOutside()
    {
        var field = Field(p => MathF.Max(MathF.Abs(p.X - 11.5f), MathF.Max(MathF.Abs(p.Y - 11.5f), MathF.Abs(p.Z - 11.5f))) is > 3 and < 5.1f ? 1 : 0, Vector3.UnitX);
        Assert.InRange(At(field, new Vector3(11.5f)).Ambient, 0.1f, 0.5f);
        Assert.InRange(At(field, new Vector3(1, 1, 1)).Ambient, 0.95f, 1);
        Assert.True(At(field, new Vector3(11.5f)).Ambient < At(field, new Vector3(11.5f, 11.5f, 18)).Ambient);
    }

    // The field has a border of one cell.
    private static (float Ambient, float Shadow) At(LightField field, Vector3 p) => field.At(p + Vector3.One);

    private static LightField Field(Func<Vector3, float> opacity, Vector3 light)
    {
        var cells = Enumerable.Range(0, N * N * N).Select(i => opacity(new Vector3(i % N, i / N % N, i / N / N))).ToArray();
        return LightField.Of(cells, LightField.Ambient(cells, N, N, N), N, N, N, VoxelVector.FromXyz(light), VoxelVector.One, default);
    }
}
