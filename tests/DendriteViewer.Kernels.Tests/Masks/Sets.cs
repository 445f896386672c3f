using DendriteViewer.Kernels.Masks;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Kernels.Tests.Masks;

/// <summary>Random sets of voxels: small, of awkward shapes, from sparse to nearly full.</summary>
internal static class Sets
{
    public static Arbitrary<BitVolume> Any { get; } = (
        from z in Gen.Choose(1, 9)
        from y in Gen.Choose(1, 9)
        from x in Gen.Elements(1, 2, 7, 63, 64, 65, 130)
        from percent in Gen.Elements(0, 3, 30, 60, 97, 100)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select Random(z, y, x, percent, seed)).ToArbitrary();

    public static Arbitrary<StructuringElement> Elements { get; } =
        Gen.Elements(StructuringElement.Faces, StructuringElement.Edges, StructuringElement.Corners, new StructuringElement(0b000_000_000_000_010_000_000_000_000),
            new StructuringElement(0b100_000_000_000_010_000_000_000_001), new StructuringElement(0b000_000_000_101_010_101_000_000_000),
            new StructuringElement(0b000_101_000_000_010_000_000_101_000)).ToArbitrary();

    public static BitVolume Random(int z, int y, int x, int percent, int seed)
    {
        var random = new Random(seed);
        return Where(z, y, x, (_, _, _) => random.Next(100) < percent);
    }

    public static BitVolume Where(int z, int y, int x, Func<int, int, int, bool> test)
    {
        var set = new BitVolume(z, y, x);
        ForVoxels(set, (k, j, i) => set[k, j, i] = test(k, j, i));
        return set;
    }

    public static void ForVoxels(BitVolume set, Action<int, int, int> action)
    {
        for (var k = 0; k < set.Z; k++)
        {
            for (var j = 0; j < set.Y; j++)
            {
                for (var i = 0; i < set.X; i++)
                {
                    action(k, j, i);
                }
            }
        }
    }

    public static bool Same(BitVolume a, BitVolume b)
    {
        var same = (a.Z, a.Y, a.X) == (b.Z, b.Y, b.X);
        for (var z = 0; z < a.Z && same; z++)
        {
            same = a.Slice(z).SequenceEqual(b.Slice(z));
        }

        return same;
    }
}
