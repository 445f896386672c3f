using System.Numerics;
using DendriteViewer.Kernels.Masks;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Kernels.Tests.Masks;

public sealed class BitVolumeTests
{
    [Fact]
    public void Rows_CountedAndSet_AreAsVoxelByVoxel() => Prop.ForAll(Sets.Any, Gen.Choose(-3, 140).Two().ToArbitrary(), (set, range) =>
    {
        var (from, to) = (Math.Min(range.Item1, range.Item2), Math.Max(range.Item1, range.Item2));
        var (z, y) = (set.Z - 1, set.Y / 2);
        var expected = Enumerable.Range(0, set.X).Count(x => x >= from && x < to && set[z, y, x]);
        var filled = set.Clone();
        filled.SetRow(z, y, from, to);
        return set.CountRow(z, y, from, to) == expected
            && Sets.Same(filled, Sets.Where(set.Z, set.Y, set.X, (k, j, i) => set[k, j, i] || (k == z && j == y && i >= from && i < to)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sets_CombinedAndCounted_AreAsVoxelByVoxel() => Prop.ForAll(Sets.Any, a =>
    {
        var b = Sets.Random(a.Z, a.Y, a.X, 50, a.X);
        return Sets.Same(a.Clone().And(b), Sets.Where(a.Z, a.Y, a.X, (z, y, x) => a[z, y, x] && b[z, y, x]))
            && Sets.Same(a.Clone().Or(b), Sets.Where(a.Z, a.Y, a.X, (z, y, x) => a[z, y, x] || b[z, y, x]))
            && Sets.Same(a.Clone().AndNot(b), Sets.Where(a.Z, a.Y, a.X, (z, y, x) => a[z, y, x] && !b[z, y, x]))
            && a.Count + a.Complement().Count == (long)a.Z * a.Y * a.X && a.CountSlices().Sum() == a.Count;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Combining_VolumesOfOtherShapes_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new BitVolume(1, 2, 3).And(new BitVolume(1, 2, 4)));

    [Fact]
    public void Threshold_OfAnyTypeAndLength_IsAsTheScalarOne() => Prop.ForAll(Gen.Choose(0, 300).ToArbitrary(), Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), (length, seed) =>
        Agrees<byte>(length, seed, r => (byte)r.Next(256)) && Agrees<sbyte>(length, seed, r => (sbyte)r.Next(-128, 128))
        && Agrees<ushort>(length, seed, r => (ushort)r.Next(65536)) && Agrees<short>(length, seed, r => (short)r.Next(-32768, 32768))
        && Agrees<float>(length, seed, r => r.Next(9) == 0 ? float.NaN : r.NextSingle())).QuickCheckThrowOnFailure();

    [Fact]
    public void Interval_OfReals_IsRoundedInwardsAndCutToTheType()
    {
        Assert.True(ThresholdKernel.TryInterval<byte>(-5, 20.5, out var low, out var high));
        Assert.Equal((0, 20), (low, high));
        Assert.True(ThresholdKernel.TryInterval<short>(double.NegativeInfinity, double.PositiveInfinity, out var least, out var most));
        Assert.Equal((short.MinValue, short.MaxValue), (least, most));
        Assert.False(ThresholdKernel.TryInterval<byte>(20.2, 20.8, out _, out _));
        Assert.False(ThresholdKernel.TryInterval<byte>(300, 400, out _, out _));
        Assert.True(ThresholdKernel.TryInterval<float>(20.2, 20.8, out _, out _));
    }

    private static bool Agrees<T>(int length, int seed, Func<Random, T> value) where T : unmanaged, INumber<T>
    {
        var random = new Random(seed);
        var values = Enumerable.Range(0, length).Select(_ => value(random)).ToArray();
        var (a, b) = (value(random), value(random));
        var (low, high) = a <= b ? (a, b) : (b, a);
        ulong[] bits = new ulong[(length + 63) / 64], expected = new ulong[bits.Length];
        Array.Fill(bits, 0xABCDUL);
        ThresholdKernel.Within(values, low, high, bits);
        ThresholdKernel.WithinScalar<T>(values, low, high, expected, 0);
        return bits.AsSpan().SequenceEqual(expected);
    }
}
