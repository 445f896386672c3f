using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Kernels.Devices;

/// <summary>One picture of the self-test.</summary>
/// <param name="Name">Mode and voxel type.</param>
/// <param name="Pixels">Pixels of the picture.</param>
/// <param name="Different">Pixels that differ from the host's by more than <see cref="DeviceSelfTest.Tolerance"/> of 255.</param>
/// <param name="Largest">The largest difference, of 255.</param>
/// <param name="Mean">The mean difference, of 255.</param>
/// <param name="Allowed">Pixels that may differ: edges, where a last digit decides which side a sample falls on.</param>
public sealed record SelfTestPicture(string Name, int Pixels, int Different, double Largest, double Mean, int Allowed)
{
    /// <summary>Whether the picture is the host's.</summary>
    public bool IsPassed => Different <= Allowed;

    /// <summary>How it differs, without a full stop.</summary>
    public string Verdict =>
        $"{Different} of {Pixels} pixels of '{Name}' differ from the CPU's picture, by up to {Largest:0} of 255";
}

/// <summary>
/// Draws a small scene in every mode on a device and holds it to the host's picture. Compilers for devices make wrong code now and then,
/// without a
/// word: a device draws for people only after this.
/// </summary>
public static class DeviceSelfTest
{
    /// <summary>Pixels may differ by so much of 255, which a float's last digits make.</summary>
    public const int Tolerance = 2;

    private const int Edge = 64;

    // Room for slabs of every size of brick that the scene has.
    private const long PoolBytes = 80 << 20;
    private const int Size = 72;

    // A picture of fewer colours would prove little.
    private const int LeastColors = 30;

    /// <summary>The pictures of one voxel type, drawn one after another.</summary>
    /// <param name="device">What is tested.</param>
    /// <param name="type">The voxel type; each has kernels of its own.</param>
    /// <exception cref="ComputeException">The device failed.</exception>
    public static IEnumerable<SelfTestPicture> Draw(ComputeDevice device, VoxelType type)
    {
        using var volumes = new DeviceVolumes(device, PoolBytes, keepsDevice: true);
        foreach (var picture in Draw(volumes, type))
        {
            yield return picture;
        }
    }

    private static IEnumerable<SelfTestPicture> Draw(DeviceVolumes device, VoxelType type)
    {
        var volume = SceneOf(type, b => b is 2 or 5);
        var (low, high) = type switch { VoxelType.UInt8 => (0f, 255f), VoxelType.Int8 => (-128, 127), VoxelType.UInt16 => (0, 65535),
            VoxelType.Int16 => (-32768, 32767), _ => (-1f, 1.55f) };
        var flat = Settings(volume, low, high);
        var shaded = flat with { Shaded = true };
        var exact = shaded with
        {
            Integrated = true, Smooth = true, Step = 0.5f, Light = Light(), SamplePlane = new Vector4(0.2f, 0.1f, 1, 3),
            Clip = new ClipShape(
                [new Vector4(0.6f, 0, 0.8f, -20), new ClipPlane(new Vector4(-0.5f, -0.5f, -0.7f, 95), 1)],
                new ClipRelief(new Vector4(0.06f, 0, 0, 0.2f), new Vector4(0, 0.06f, 0, 0.1f), 4, 4,
                    [0, 1, 2, 1, 3, -2, 0, 1, 2, 2, -1, 0, 1, 0, 2, 3])),
        };
        var isoValue = low + 0.45f * (high - low);
        var surface = shaded with
        {
            Mode = RayMode.Isosurface, IsoValue = isoValue, Empty = EmptySpace.Of(volume, (l, m) => l <= isoValue && m >= isoValue),
                Light = exact.Light, Smooth = true,
        };
        var clipped = shaded with { Jitter = true, BoxLow = new VoxelVector(5.5f, 7, 9) };
        yield return Compare(device, $"composite, {type}", volume, flat, 20);
        yield return Compare(device, $"composite shaded, {type}", volume, clipped, 20);
        yield return Compare(device, $"integrated with light and clipping, {type}", volume, exact, 75);
        yield return Compare(device, $"maximum, {type}", volume, flat with { Mode = RayMode.Maximum }, 130);
        yield return Compare(device, $"minimum, {type}", volume, flat with { Mode = RayMode.Minimum }, 130);
        yield return Compare(device, $"mean, {type}", volume, flat with { Mode = RayMode.Mean }, 200);
        yield return Compare(device, $"isosurface, {type}", volume, surface, 40);
        yield return Compare(device, $"several volumes, {type}", volume, Layered(shaded, volume), 60);
        yield return Compare(device, $"several volumes at rest, {type}", volume, Layered(shaded with { Smooth = true }, volume), 60);
        foreach (var interpolation in Enum.GetValues<SliceInterpolation>())
        {
            yield return CompareSlice(device, $"slice {interpolation}, {type}".ToLowerInvariant(), volume, interpolation, high - low);
        }

        // Kernels of their own draw a volume of which nothing is missing.
        var whole = SceneOf(type, _ => false);
        var visible = EmptySpace.Of(whole, flat.Transfer.IsVisible);
        yield return Compare(device, $"composite of a whole volume, {type}", whole, clipped with { Empty = visible }, 110);
        yield return Compare(device, $"integrated of a whole volume, {type}", whole, exact with { Empty = visible }, 15);
        yield return Compare(device, $"mean of a whole volume, {type}", whole, flat with { Mode = RayMode.Mean, Empty = visible }, 65);
        var crossed = surface with { Empty = EmptySpace.Of(whole, (l, m) => l <= isoValue && m >= isoValue) };
        yield return Compare(device, $"isosurface of a whole volume, {type}", whole, crossed, 155);
    }

    private static PagedVolume SceneOf(VoxelType type, Func<int, bool> isMissing) => type switch
    {
        VoxelType.UInt8 => Scene<byte>(1, 0, isMissing),
        VoxelType.Int8 => Scene<sbyte>(1, -128, isMissing),
        VoxelType.UInt16 => Scene<ushort>(257, 0, isMissing),
        VoxelType.Int16 => Scene<short>(257, -32768, isMissing),
        _ => Scene<float>(0.01f, -1, isMissing),
    };

    private static SelfTestPicture Compare(DeviceVolumes device, string name, PagedVolume volume, RaycastSettings settings, double degrees)
    {
        uint[] there = new uint[Size * Size], here = new uint[Size * Size];
        var rays = Orbit(degrees);
        if (!DeviceRaycaster.Render(device, volume, settings, rays, Size, Size, 1, there))
        {
            throw new ComputeException(device.Device.Info.Name, name, "the scene does not fit into its memory");
        }

        Raycaster.Render(volume, settings, rays, Size, Size, 1, here, lanes: PacketLanes.Scalar);
        if (here.Distinct().Count() < LeastColors)
        {
            throw new InvalidOperationException($"The test's picture '{name}' shows next to nothing.");
        }

        return Judge(name, settings.Layers.Count > 0 ? 50 : 150, i => Difference(there[i], here[i]));
    }

    private static SelfTestPicture CompareSlice(DeviceVolumes device, string name, PagedVolume volume, SliceInterpolation interpolation,
        float range)
    {
        float[] there = new float[Size * Size], here = new float[Size * Size];
        var plane = new SliceGeometry(
            new VoxelVector(20.3f, -2.2f, 1.1f), new VoxelVector(0.1f, 0.2f, 0.9f), new VoxelVector(0.3f, 0.85f, -0.15f),
                new VoxelVector(1, 0.1f, 0.1f),
            SlabSamples: 3, Interpolation: interpolation);
        DeviceSlicer.Render(device, volume, plane, Size, Size, (u, v, row) => row.CopyTo(there.AsSpan(v * Size + u)));
        Slicer.Render(volume, plane, Size, Size, (u, v, row) => row.CopyTo(here.AsSpan(v * Size + u)), lanes: PacketLanes.Scalar);
        return Judge(name, interpolation == SliceInterpolation.Nearest ? 50 : 150, i => float.IsNaN(there[i]) || float.IsNaN(here[i])
            ? float.IsNaN(there[i]) && float.IsNaN(here[i]) ? 0 : 255 : 255 * Math.Abs(there[i] - here[i]) / range);
    }

    // One pixel in so many may differ.
    private static SelfTestPicture Judge(string name, int oneIn, Func<int, double> difference)
    {
        var differences = Enumerable.Range(0, Size * Size).Select(difference).ToArray();
        return new SelfTestPicture(
            name, differences.Length, differences.Count(d => !(d <= Tolerance)), differences.Max(), differences.Average(),
                differences.Length / oneIn);
    }

    private static double Difference(uint a, uint b)
    {
        var most = 0;
        for (var shift = 0; shift < 24; shift += 8)
        {
            most = Math.Max(most, Math.Abs((int)(a >> shift & 255) - (int)(b >> shift & 255)));
        }

        return most;
    }

    // Balls in waves, in bricks of 32³ of which two are missing, over a level of half the size that stands in for them.
    private static PagedVolume Scene<T>(float scale, float offset, Func<int, bool> isMissing) where T : unmanaged, INumber<T>
    {
        Vector3[] centers = [new(20, 22, 18), new(44, 20, 40), new(30, 46, 28), new(50, 50, 52), new(14, 40, 50)];

        float Value(Vector3 p)
        {
            var nearest = centers.Min(c => Vector3.Distance(c, p));
            return Math.Clamp(60 + 25 * MathF.Sin(0.3f * p.X) * MathF.Cos(0.2f * p.Y + 0.25f * p.Z) + 18 * MathF.Max(0, 9 - nearest), 2,
                250);
        }

        BrickLevel Level(int halvings, Func<int, bool> isLeftOut)
        {
            const int Shift = 5, BrickEdge = 1 << Shift;
            int n = Edge >> halvings, count = Math.Max(1, n >> Shift);
            var bricks = new Brick?[count * count * count];
            for (var b = 0; b < bricks.Length; b++)
            {
                int z0 = b / count / count * BrickEdge, y0 = b / count % count * BrickEdge, x0 = b % count * BrickEdge;
                var voxels = new T[BrickEdge * BrickEdge * BrickEdge];
                for (var i = 0; i < voxels.Length; i++)
                {
                    var p = new Vector3(x0 + i % BrickEdge, y0 + i / BrickEdge % BrickEdge, z0 + i / BrickEdge / BrickEdge);
                    p = (p + new Vector3(0.5f)) * (1 << halvings) - new Vector3(0.5f);
                    voxels[i] = T.CreateSaturating((typeof(T) == typeof(float) ? Value(p) : MathF.Round(Value(p))) * scale + offset);
                }

                bricks[b] = isLeftOut(b)
                    ? null
                    : new Brick(System.Runtime.InteropServices.MemoryMarshal.AsBytes(voxels.AsSpan()), TypeOf<T>(), BrickEdge, BrickEdge,
                        BrickEdge, BrickEdge, BrickEdge, BrickEdge);
            }

            return new BrickLevel(n, n, n, Shift, Shift, Shift, halvings, halvings, halvings, bricks);
        }

        return new PagedVolume(TypeOf<T>(), [Level(0, isMissing), Level(1, _ => false)]);
    }

    private static VoxelType TypeOf<T>() => Statistics.DeviceHistogram.VoxelTypeOf<T>();

    private static RaycastSettings Settings(PagedVolume volume, float low, float high)
    {
        var alpha = Enumerable.Range(0, TransferTable.Size).Select(i => i < 700 ? 0 : Math.Min(0.5f, (i - 700) / 1800f)).ToArray();
        var colors = Enumerable.Range(0, TransferTable.Size).Select(i => (i >> 3) | ((255 - (i >> 3)) << 8) | 0x400000).ToArray();
        var table = new TransferTable(low, high, alpha, colors, 1);
        var unit = (high - low) / 255;
        return new RaycastSettings
        {
            Transfer = table, Empty = EmptySpace.Of(volume, table.IsVisible), Background = 0x201008, HeadLight = VoxelVector.UnitZ,
            KeyLight = VoxelVector.FromXyz(Vector3.Normalize(new Vector3(1, -1, 0.5f))), GradientFloor = unit * unit,
        };
    }

    private static RaycastSettings Layered(RaycastSettings own, PagedVolume volume)
    {
        var labels = PagedVolume.FromDense<byte>(Enumerable.Range(0, 32 * 32 * 32).Select(i => (byte)(i % 32 / 9 + i / 32 % 32 / 12))
            .ToArray(), 32, 32, 32);
        var alpha = Enumerable.Range(0, TransferTable.Size).Select(i => i is > 500 and < 1300 ? 0.2f : 0).ToArray();
        var table = new TransferTable(0, 5, alpha,
            Enumerable.Range(0, TransferTable.Size).Select(i => i < 900 ? 0x0000FF : 0xFFFF00).ToArray(), 1);
        var turned = RayLayer.Own(volume, own) with
        {
            Replaces = true,
            FromPicture = Matrix4x4.CreateTranslation(-32, -30, -28) * Matrix4x4.CreateRotationZ(0.4f) * Matrix4x4.CreateRotationX(-0.3f)
                * Matrix4x4.CreateScale(2.5f) * Matrix4x4.CreateTranslation(31.5f, 31.5f, 31.5f),
        };
        return own with
        {
            Layers =
            [
                turned,
                new RayLayer
                {
                    Volume = labels, Transfer = table, Empty = EmptySpace.Of(labels, table.IsVisible), Nearest = true, Shaded = true,
                    FromPicture = Matrix4x4.CreateScale(0.5f) * Matrix4x4.CreateTranslation(-0.25f, -0.25f, -0.25f),
                },
            ],
        };
    }

    private static LightField Light()
    {
        const int N = 16;
        var opacity = Enumerable.Range(0, N * N * N).Select(i => i % 7 == 0 || i / N % 5 == 2 ? 0.4f : 0).ToArray();
        var light = VoxelVector.FromXyz(Vector3.Normalize(new Vector3(0.3f, -0.8f, 0.4f)));
        return LightField.Of(opacity, LightField.Ambient(opacity, N, N, N), N, N, N, light, 0.25f * VoxelVector.One,
            -0.375f * VoxelVector.One);
    }

    private static RayGeometry Orbit(double degrees)
    {
        var q = Quaternion.CreateFromYawPitchRoll((float)(degrees * Math.PI / 180), 0.4f, 0);
        Vector3 forward = Vector3.Transform(Vector3.UnitZ, q), right = Vector3.Transform(Vector3.UnitX, q),
            down = Vector3.Transform(Vector3.UnitY, q);
        const float Pixel = 0.9f / Size;
        var eye = new Vector3(Edge / 2f) - 120 * forward;
        return new RayGeometry(
            VoxelVector.FromXyz(eye), default, default, VoxelVector.FromXyz(forward - (Size - 1) / 2f * Pixel * (right + down)),
            VoxelVector.FromXyz(Pixel * right), VoxelVector.FromXyz(Pixel * down));
    }
}
