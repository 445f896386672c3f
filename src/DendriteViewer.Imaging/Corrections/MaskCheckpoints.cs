using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>
/// What bricks of a mask were after some of their strokes, so that taking one back does not draw all the others again: only those after the
/// last checkpoint before it. Checkpoints of a brick lie the farther apart the older they are, since it is mostly the newest strokes that
/// are taken back. Whoever uses it holds the lock of the mask.
/// </summary>
/// <param name="budget">The memory that it shares with the checkpoints of other masks.</param>
internal sealed class MaskCheckpoints(CheckpointBudget budget)
{
    /// <summary>Strokes of a brick between two checkpoints.</summary>
    public const int Interval = 16;

    private const int MostOfABrick = 8;

    private readonly Dictionary<BrickIndex, List<Checkpoint>> _of = [];

    /// <summary>The newest checkpoint before a stroke, or null; those from the stroke on are forgotten, since it changes.</summary>
    /// <param name="brick">The brick.</param>
    /// <param name="stroke">The first stroke that changes.</param>
    /// <returns>The last stroke that it has, and the brick's voxels; they must not be changed.</returns>
    public (int Stroke, ulong[] Set)? Before(BrickIndex brick, int stroke)
    {
        if (!_of.TryGetValue(brick, out var list))
        {
            return null;
        }

        list.ForEach(c => DropFrom(c, stroke));
        list.RemoveAll(c => c.Set is null);
        for (var i = list.Count - 1; i >= 0; i--)
        {
            // Another mask may need the room just now.
            if (list[i].Set is { } set)
            {
                budget.Keep(list[i]);
                return (list[i].Stroke, set);
            }
        }

        return null;
    }

    /// <summary>Keeps what a brick is after a stroke, all that come before it included.</summary>
    public void Keep(BrickIndex brick, int stroke, ulong[] set)
    {
        if (!_of.TryGetValue(brick, out var list))
        {
            _of[brick] = list = [];
        }

        list.RemoveAll(c => c.Set is null);
        if (list.Count == MostOfABrick)
        {
            // The one whose neighbours lie nearest to one another leaves the smallest gap, counted from the newest.
            var gone = Enumerable.Range(1, list.Count - 2)
                .MinBy(i => (double)(list[i + 1].Stroke - list[i - 1].Stroke) / (stroke - list[i].Stroke + 1));
            budget.Drop(list[gone]);
            list.RemoveAt(gone);
        }

        var made = new Checkpoint(stroke, (ulong[])set.Clone());
        list.Add(made);
        budget.Keep(made);
    }

    private void DropFrom(Checkpoint checkpoint, int stroke)
    {
        if (checkpoint.Stroke >= stroke)
        {
            budget.Drop(checkpoint);
        }
    }
}
