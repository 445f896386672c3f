using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>
/// What bricks of a mask were after some of their strokes, so that taking one back does not draw all the others again: only those after the
/// last checkpoint before it. Checkpoints of a brick lie the farther apart the older they are, since it is mostly the newest strokes that
/// are taken back. Whoever uses it holds the lock of the mask.
/// </summary>
internal sealed class MaskCheckpoints
{
    /// <summary>Strokes of a brick between two checkpoints.</summary>
    public const int Interval = 16;

    // 32 KiB each, of a brick of 64³ voxels.
    private const int MostOfABrick = 8, Most = 4096;

    private readonly Dictionary<BrickIndex, List<(int Stroke, ulong[] Set)>> _of = [];
    private int _count;

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

        _count -= list.RemoveAll(c => c.Stroke >= stroke);
        return list.Count > 0 ? list[^1] : null;
    }

    /// <summary>Keeps what a brick is after a stroke, all that come before it included.</summary>
    public void Keep(BrickIndex brick, int stroke, ulong[] set)
    {
        if (!_of.TryGetValue(brick, out var list))
        {
            _of[brick] = list = [];
        }

        if (list.Count == MostOfABrick)
        {
            // The one whose neighbours lie nearest to one another leaves the smallest gap, counted from the newest.
            var gone = Enumerable.Range(1, list.Count - 2)
                .MinBy(i => (double)(list[i + 1].Stroke - list[i - 1].Stroke) / (stroke - list[i].Stroke + 1));
            list.RemoveAt(gone);
            _count--;
        }

        if (_count < Most)
        {
            list.Add((stroke, (ulong[])set.Clone()));
            _count++;
        }
    }
}
