using DendriteViewer.Kernels.Raycasting;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Kernels.Tests.Raycasting;

public sealed class TransferPiecesTests
{
    [Fact]
    public void Of_FewPoints_IsHeldInPieces()
    {
        var table = Table([(0, 0), (200, 0), (500, 0.6), (1200, 0.6), (1500, 0), (2047, 0)], 0.5f);
        Assert.NotNull(table.Pieces);
    }

    [Fact]
    public void Of_NoiseInEveryEntry_HasNoPieces()
    {
        var random = new Random(1);
        var alpha = Enumerable.Range(0, TransferTable.Size).Select(_ => random.NextSingle()).ToArray();
        Assert.Null(new TransferTable(0, 1, alpha, new int[TransferTable.Size], 1).Pieces);
    }

    // Through the ray caster, pieces and table must give the same picture wherever pieces exist.
    [Fact]
    public void Of_AnyPoints_FollowsTheTableWhereItExists() =>
        Prop.ForAll(Gen.Choose(0, 2000).ArrayOf(8).ToArbitrary(), n =>
        {
            var points = n.Take(4).Order().Select((x, i) => ((double)x, n[4 + i] / 2000.0)).Prepend((0, n[7] / 2000.0)).ToArray();
            var table = Table(points, 1);
            if (table.Pieces is not { } pieces)
            {
                return true;
            }

            var words = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(pieces.Packed.AsSpan(0, 2 * TransferPieces.Bins));
            var rows = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(pieces.Packed.AsSpan(2 * TransferPieces.Bins));
            for (var i = 0; i < TransferTable.Size; i++)
            {
                var x = i + 0.5f;
                int piece = words[(int)(x * TransferPieces.Bins / TransferTable.Size)];
                piece += x >= rows[piece] ? 1 : 0;
                var alpha = rows[1 * TransferPieces.Most + piece] + rows[2 * TransferPieces.Most + piece] * x;
                var exact = BitConverter.UInt32BitsToSingle((uint)table.Entries[i]);
                if (Math.Abs(alpha - exact) > 0.0005f + exact / 150)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    private static TransferTable Table(IReadOnlyList<(double X, double Alpha)> points, float step)
    {
        var alpha = Enumerable.Range(0, TransferTable.Size).Select(i =>
        {
            var k = points.TakeWhile(p => p.X <= i).Count();
            if (k == 0 || k == points.Count)
            {
                return (float)points[Math.Max(0, k - 1)].Alpha;
            }

            var (a, b) = (points[k - 1], points[k]);
            return (float)(a.Alpha + (b.Alpha - a.Alpha) * (i - a.X) / (b.X - a.X));
        }).ToArray();
        return new TransferTable(0, TransferTable.Size, alpha, Enumerable.Range(0, TransferTable.Size).Select(i => i >> 3).ToArray(), step);
    }
}
