using System.Numerics;
using DendriteViewer.Kernels.Downsampling;
using DendriteViewer.Kernels.Tests.Devices;

namespace DendriteViewer.Kernels.Tests.Downsampling;

[Trait("Category", "Devices")]
public sealed class DeviceDownsamplerTests(Device device) : IClassFixture<Device>
{
    [Theory]
    [InlineData(6, 8, 10)]
    [InlineData(7, 9, 11)]
    [InlineData(1, 5, 130)]
    public void Halve_EveryType_IsTheSpecification(int z, int y, int x)
    {
        Agree<byte>(z, y, x, 256, 0);
        Agree<sbyte>(z, y, x, 256, -128);
        Agree<ushort>(z, y, x, 65536, 0);
        Agree<short>(z, y, x, 65536, -32768);
        Agree<float>(z, y, x, 1000, -300, 1e-3f);
    }

    private void Agree<T>(int z, int y, int x, int range, int from, float tolerance = 0) where T : unmanaged, INumber<T>
    {
        var random = new Random(z + y + x);
        var voxels = Enumerable.Range(0, z * y * x).Select(_ => T.CreateTruncating(from + random.Next(range))).ToArray();
        int halfZ = (z + 1) / 2, halfY = (y + 1) / 2, halfX = (x + 1) / 2;
        T[] expected = new T[halfZ * halfY * halfX], halved = new T[expected.Length];
        for (var k = 0; k < halfZ; k++)
        {
            MeanDownsampler.Halve<T>(
                voxels.AsSpan(2 * k * y * x, y * x), 2 * k + 1 < z ? voxels.AsSpan((2 * k + 1) * y * x, y * x) : default, y, x, expected.AsSpan(k * halfY * halfX, halfY * halfX));
        }

        DeviceDownsampler.Halve<T>(device.Volumes.Device, voxels, z, y, x, halved);
        Assert.All(expected.Zip(halved), p => Assert.InRange(float.CreateTruncating(p.Second) - float.CreateTruncating(p.First), -tolerance, tolerance));
    }
}
