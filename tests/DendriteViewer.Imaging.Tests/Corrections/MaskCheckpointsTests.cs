using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Tests.Corrections;

/// <summary>What is kept of bricks after some of their strokes.</summary>
public sealed class MaskCheckpointsTests
{
    private static readonly BrickIndex s_a = new(0, 0, 0, 0), s_b = new(0, 0, 0, 1);

    [Fact]
    public void Checkpoints_OfTwoMasks_ShareOneBudgetAndTheOldestGoFirst()
    {
        var budget = new CheckpointBudget(3 * 16);
        var (one, other) = (new MaskCheckpoints(budget), new MaskCheckpoints(budget));
        one.Keep(s_a, 16, [1, 2]);
        one.Keep(s_b, 16, [3, 4]);
        other.Keep(s_a, 16, [5, 6]);

        // Used, and so the youngest.
        Assert.Equal([1, 2], one.Before(s_a, 20)!.Value.Set);
        other.Keep(s_a, 32, [7, 8]);

        Assert.Equal(3 * 16, budget.Used);
        Assert.Null(one.Before(s_b, 20));
        Assert.Equal((16, 2), (one.Before(s_a, 20)!.Value.Stroke, one.Before(s_a, 20)!.Value.Set.Length));
        Assert.Equal(32, other.Before(s_a, 40)!.Value.Stroke);
    }

    [Fact]
    public void Checkpoints_FromAStrokeThatChanges_AreForgottenAndFreeTheirRoom()
    {
        var budget = new CheckpointBudget(1000);
        var checkpoints = new MaskCheckpoints(budget);
        checkpoints.Keep(s_a, 16, [1]);
        checkpoints.Keep(s_a, 32, [2]);
        checkpoints.Keep(s_a, 48, [3]);

        Assert.Equal(16, checkpoints.Before(s_a, 32)!.Value.Stroke);

        Assert.Equal(8, budget.Used);
        Assert.Equal(16, checkpoints.Before(s_a, 99)!.Value.Stroke);
    }

    [Fact]
    public void Checkpoints_OfABrickWithManyStrokes_AreEightAtMost()
    {
        var budget = new CheckpointBudget(1000);
        var checkpoints = new MaskCheckpoints(budget);
        for (var stroke = 16; stroke < 1600; stroke += 16)
        {
            checkpoints.Keep(s_a, stroke, [1]);
        }

        Assert.Equal(8 * 8, budget.Used);
    }
}
