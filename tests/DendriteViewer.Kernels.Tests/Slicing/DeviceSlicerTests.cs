using System.Numerics;
using System.Runtime.CompilerServices;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Slicing;
using DendriteViewer.Kernels.Tests.Devices;
using FsCheck;
using FsCheck.Fluent;
using static DendriteViewer.Kernels.Tests.Slicing.SlicedVolumes;

namespace DendriteViewer.Kernels.Tests.Slicing;

[Trait("Category", "Devices")]
public sealed class DeviceSlicerTests(Device device) : IClassFixture<Device>
{
    [Fact]
    public void Render_AnyPlane_AgreesWithTheScalarSpecification()
    {
        Agree<ushort>();
        Agree<byte>();
        Agree<short>();
        Agree<sbyte>();
        Agree<float>();
    }

    [Fact]
    public void Render_AlongTheAxesAtOneVoxelAPixel_IsTheStoredVoxels()
    {
        var target = Draw(Linear(40, 41, 90, 5), new SliceGeometry(new VoxelVector(17, 0, 0), VoxelVector.UnitX, VoxelVector.UnitY, default), 90, 41);
        for (var i = 0; i < target.Length; i++)
        {
            Assert.Equal(3 * 17 - 2 * (i / 90) + i % 90 + 500, target[i]);
        }
    }

    [Fact]
    public void Render_Nearest_IsAStoredVoxel()
    {
        var volume = Linear(40, 41, 90, 5);
        var plane = new SliceGeometry(new VoxelVector(10.313f, 5.07f, 7.11f), new VoxelVector(0.1371f, 0.2293f, 0.3119f), new VoxelVector(0.3307f, -0.1013f, 0.2177f), default, Interpolation: SliceInterpolation.Nearest);
        var target = Draw(volume, plane, 50, 30);
        for (var i = 0; i < target.Length; i++)
        {
            Assert.Equal(new HostSlicer(volume, plane).Pixel(i % 50, i / 50), target[i]);
        }
    }

    private void Agree<T>() where T : unmanaged, INumber<T>
    {
        var random = new Random(4);
        var small = Of(40, 37, 50, 3, _ => T.CreateTruncating(random.Next(256)));
        var tiled = Of(47, 70, 90, 5, _ => T.CreateTruncating(random.Next(256)));
        Prop.ForAll(Gen.Choose(-1000, 1000).Select(i => i / 500f).ArrayOf(13).ToArbitrary(), n =>
        {
            var volume = n[12] > 0 ? small : tiled;
            var plane = AnyPlane(n) with { Interpolation = n[3] > 1 ? SliceInterpolation.Cubic : SliceInterpolation.Linear };
            var target = Draw(volume, plane, 60, 41);
            var far = 0;
            for (var i = 0; i < target.Length; i++)
            {
                var expected = new HostSlicer(volume, plane).Pixel(i % 60, i / 60);
                far += float.IsNaN(expected) != float.IsNaN(target[i]) || Math.Abs(expected - target[i]) > 0.6f ? 1 : 0;
            }

            // At the volume's very border rounding decides which side a sample is on.
            return far <= 6;
        }).QuickCheckThrowOnFailure();
    }

    private float[] Draw(PagedVolume volume, SliceGeometry plane, int width, int height)
    {
        var target = new float[width * height];
        Assert.True(DeviceSlicer.Render(device.Volumes, volume, plane, width, height, (u, v, row) => row.CopyTo(target.AsSpan(v * width + u))));
        return target;
    }
}
