using System.Numerics;

namespace DendriteViewer.Kernels.Downsampling;

/// <summary>
/// Halves a volume of labels along every axis: each voxel is the label that most of the up to 2×2×2 voxels it covers have, the larger of
/// equally frequent ones. Background (0) wins only where at most one voxel is labelled, so that what is thin is still seen from afar.
/// </summary>
public static class LabelDownsampler
{
    /// <summary>Writes one slice of the halved volume from one or two slices of the full one.</summary>
    /// <param name="first">Slice 2k, <paramref name="height"/> × <paramref name="width"/>.</param>
    /// <param name="second">Slice 2k + 1, or empty at an odd end.</param>
    /// <param name="height">Rows of the full slice.</param>
    /// <param name="width">Columns of the full slice.</param>
    /// <param name="target">⌈height/2⌉ × ⌈width/2⌉ labels.</param>
    public static void Halve<T>(ReadOnlySpan<T> first, ReadOnlySpan<T> second, int height, int width, Span<T> target) where T : unmanaged, INumber<T>
    {
        var halfW = (width + 1) / 2;
        Span<T> labels = stackalloc T[8];
        for (var j = 0; j < (height + 1) / 2; j++)
        {
            for (var i = 0; i < halfW; i++)
            {
                var n = 0;
                for (var k = 0; k < 8; k++)
                {
                    int y = 2 * j + (k >> 1 & 1), x = 2 * i + (k & 1);
                    var slice = k < 4 ? first : second;
                    if (y < height && x < width && !slice.IsEmpty && slice[y * width + x] is var label && label != T.Zero)
                    {
                        labels[n++] = label;
                    }
                }

                target[j * halfW + i] = n < 2 ? T.Zero : Most(labels[..n]);
            }
        }
    }

    private static T Most<T>(ReadOnlySpan<T> labels) where T : unmanaged, INumber<T>
    {
        var (best, count) = (labels[0], 0);
        foreach (var label in labels)
        {
            var n = labels.Count(label);
            if (n > count || (n == count && label > best))
            {
                (best, count) = (label, n);
            }
        }

        return best;
    }
}
