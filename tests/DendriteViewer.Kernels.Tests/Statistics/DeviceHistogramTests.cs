using System.Numerics;
using DendriteViewer.Kernels.Statistics;
using DendriteViewer.Kernels.Tests.Devices;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Kernels.Tests.Statistics;

[Trait("Category", "Devices")]
public sealed class DeviceHistogramTests(Device device) : IClassFixture<Device>
{
    // Any limits, any number of bins, every type: not one value in another bin.
    [Fact]
    public void Accumulate_Anything_CountsAsTheSpecification() =>
        Prop.ForAll(Gen.Choose(-1000, 1000).Select(i => i / 7.0).Two().ToArbitrary(), Gen.Choose(1, 5000).ToArbitrary(), (range, bins) =>
        {
            var (low, high) = (Math.Min(range.Item1, range.Item2), Math.Max(range.Item1, range.Item2) + 1e-3);
            var random = new Random(bins);
            return Agree(random, low, high, bins, r => (byte)r.Next(256)) && Agree(random, low, high, bins, r => (short)r.Next(-200, 200))
                && Agree(random, low, high, bins, r => r.Next(20) == 0 ? float.NaN : (float)(low + (high - low) * (r.Next(-20, 1020) / 1000.0)));
        }).QuickCheckThrowOnFailure();

    private bool Agree<T>(Random random, double low, double high, int bins, Func<Random, T> value) where T : unmanaged, INumber<T>
    {
        var values = Enumerable.Range(0, 3000).Select(_ => value(random)).ToArray();
        long[] expected = new long[bins], counted = new long[bins];
        HistogramKernel.Accumulate<T>(values, low, high, expected);
        DeviceHistogram.Accumulate<T>(device.Volumes.Device, values, low, high, counted);
        return expected.AsSpan().SequenceEqual(counted);
    }
}
