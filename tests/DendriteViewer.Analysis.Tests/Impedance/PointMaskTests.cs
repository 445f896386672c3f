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

    // One person left a point out by hand while another's condition came to leave it out too.
    [Theory]
    [InlineData(null)]
    [InlineData("im>0")]
    [InlineData("f<10")]
    public void Point_LeftOutOrTakenInByHand_IsSoWhateverTheConditionSays(string? condition)
    {
        var mask = PointMask.Of(condition, [new(3, 0, IsOut: true), new(3, 5, IsOut: false)])!;
        Assert.True(mask.LeavesOut(s_sweep, 0));
        Assert.False(mask.LeavesOut(s_sweep, 5));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("  ")]
    public void Mask_WithoutConditionAndPoints_IsNone(string? condition) => Assert.Null(PointMask.Of(condition, []));

    [Fact]
    public void Mask_WithPointsAlone_LeavesOutThose() =>
        Assert.Equal(5, SweepPoints.Of(s_sweep, PointMask.Of(null, [new(3, 2)])).Count);
}
