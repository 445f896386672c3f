using System.Numerics;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>
/// One brick of a mask, a bit a voxel in C order: the automatic mask, and what it was corrected to. Neither is ever changed.
/// </summary>
internal sealed record MaskBrick(ulong[] Base, ulong[] Set)
{
    public long Added => Count(Set, Base);

    public long Removed => Count(Base, Set);

    private static long Count(ulong[] a, ulong[] b)
    {
        var n = 0L;
        for (var i = 0; i < a.Length; i++)
        {
            n += BitOperations.PopCount(a[i] & ~b[i]);
        }

        return n;
    }
}
