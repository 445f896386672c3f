using System.Numerics;

namespace DendriteViewer.Kernels.Masks;

/// <summary>Counts the faces between voxels of a set and voxels of none: the surface by face counting, which overestimates a smooth one by up to half.</summary>
public static class FaceCounts
{
    /// <summary>Faces across z, y and x inside the volume; its border counts for nothing.</summary>
    public static (long Z, long Y, long X) Internal(BitVolume set)
    {
        var acrossZ = set.SumSlices(z =>
        {
            var n = 0L;
            if (z + 1 < set.Z)
            {
                Span<ulong> a = set.Slice(z), b = set.Slice(z + 1);
                for (var i = 0; i < a.Length; i++)
                {
                    n += BitOperations.PopCount(a[i] ^ b[i]);
                }
            }

            return n;
        });
        var acrossY = set.SumSlices(z =>
        {
            var n = 0L;
            var slice = set.Slice(z);
            for (var i = 0; i < slice.Length - set.Stride; i++)
            {
                n += BitOperations.PopCount(slice[i] ^ slice[i + set.Stride]);
            }

            return n;
        });
        var acrossX = set.SumSlices(z =>
        {
            var n = 0L;
            for (var y = 0; y < set.Y; y++)
            {
                var row = set.Row(z, y);
                for (var k = 0; k < row.Length; k++)
                {
                    // A face between x and x + 1, for every x but the last.
                    var next = row[k] >> 1 | (k + 1 < row.Length ? row[k + 1] << 63 : 0);
                    var mask = k + 1 < row.Length ? ulong.MaxValue : set.LastMask >> 1;
                    n += BitOperations.PopCount((row[k] ^ next) & mask);
                }
            }

            return n;
        });
        return (acrossZ, acrossY, acrossX);
    }
}
