using DendriteViewer.Analysis.Impedance;

namespace DendriteViewer.Analysis.Tests.Impedance;

public sealed class PointMaskTests
{
    private static readonly ImpedanceSweep s_sweep = new()
    {
        Index = 3, FrequencyHz = [1e3, 1e2, 10, 1, 0.1, 0.01], Re = [1, 2, 3, 4, 5, 6], Im = [1, -1, -1, -1, -1, -1],
    };

    [Fact]
    public void TurnedPoint_OfThisSweep_IsTheOppositeOfTheCondition()
    {
        var mask = PointMask.Of("im>0", [new(3, 0), new(3, 5), new(2, 1)])!;
        Assert.Equal([false, false, false, false, false, true], Enumerable.Range(0, 6).Select(i => mask.LeavesOut(s_sweep, i)));
        Assert.Equal([1e3, 1e2, 10, 1, 0.1], SweepPoints.Of(s_sweep, mask).FrequencyHz);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("  ")]
    public void Mask_WithoutConditionAndPoints_IsNone(string? condition) => Assert.Null(PointMask.Of(condition, []));

    [Fact]
    public void Mask_WithPointsAlone_LeavesOutThose() =>
        Assert.Equal(5, SweepPoints.Of(s_sweep, PointMask.Of(null, [new(3, 2)])).Count);
}
