using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Tests.Raycasting;

/// <summary>Small volumes and views of them, for every way of casting rays.</summary>
internal static class Scenes
{
    private const int N = 48;

    public static PagedVolume Balls<T>(float scale = 1, float offset = 0) where T : unmanaged, INumber<T> =>
        PagedVolume.FromDense<T>(BallValues(N).Select(v => T.CreateSaturating(v * scale + offset)).ToArray(), N, N, N);

    public static float[] BallValues(int n)
    {
        var random = new Random(3);
        var centers = Enumerable.Range(0, 5).Select(_ => new Vector3(random.Next(8, 40), random.Next(8, 40), random.Next(8, 40))).ToArray();
        return Enumerable.Range(0, n * n * n).Select(i =>
        {
            var p = new Vector3(i % n, i / n % n, i / n / n) * ((float)N / n) + new Vector3(((float)N / n - 1) / 2);
            return Math.Clamp((7 - centers.Min(c => Vector3.Distance(c, p))) * 9000, 0, 65535);
        }).ToArray();
    }

    // 48³ in bricks of 16³, and the same at half the size.
    public static PagedVolume TwoLevels<T>(Func<int, bool> missing, float scale = 1, float offset = 0) where T : unmanaged, INumber<T>
    {
        var type = default(T) switch { byte => VoxelType.UInt8, ushort => VoxelType.UInt16, short => VoxelType.Int16, _ => VoxelType.Float32 };

        BrickLevel Level(int n, int halvings, Func<int, bool> leftOut)
        {
            var values = BallValues(n);
            var level = new BrickLevel(n, n, n, 4, 4, 4, halvings, halvings, halvings, []);
            level = level with { Bricks = new Brick?[level.CountZ * level.CountY * level.CountX] };
            for (var b = 0; b < level.Bricks.Length; b++)
            {
                int z0 = b / level.CountX / level.CountY * 16, y0 = b / level.CountX % level.CountY * 16, x0 = b % level.CountX * 16;
                var voxels = new T[4096];
                for (var i = 0; i < 4096; i++)
                {
                    int z = Math.Min(z0 + i / 256, n - 1), y = Math.Min(y0 + i / 16 % 16, n - 1), x = Math.Min(x0 + i % 16, n - 1);
                    voxels[i] = T.CreateSaturating(values[(z * n + y) * n + x] * scale + offset);
                }

                level.Bricks[b] = leftOut(b)
                    ? null
                    : new Brick(
                        System.Runtime.InteropServices.MemoryMarshal.AsBytes(voxels.AsSpan()), type, 16, 16, 16,
                        Math.Min(16, n - z0), Math.Min(16, n - y0), Math.Min(16, n - x0));
            }

            return level;
        }

        return new PagedVolume(type, [Level(48, 0, missing), Level(24, 1, _ => false)]);
    }

    public static ushort[] Waves(int nz, int ny, int nx) => Enumerable.Range(0, nz * ny * nx).Select(i =>
    {
        int x = i % nx, y = i / nx % ny, z = i / nx / ny;
        return (ushort)(32768 + 32000 * Math.Sin(0.21 * x) * Math.Sin(0.17 * y + 1) * Math.Cos(0.19 * z));
    }).ToArray();

    public static PagedVolume Ramp() => PagedVolume.FromDense<ushort>(
        Enumerable.Range(0, N * N * N).Select(i => (ushort)Math.Clamp(65535 - 3000 * Vector3.Distance(new Vector3(i % N, i / N % N, i / N / N), new Vector3(23.5f)), 0, 65535)).ToArray(), N, N, N);

    public static RaycastSettings Settings(PagedVolume volume, RayMode mode, bool shaded)
    {
        // From the volume's own least value to its largest.
        var ranges = volume.Grid.Bricks.Where(b => b is not null).SelectMany(b => Enumerable.Range(0, b!.Ranges.CountZ * b.Ranges.CountY * b.Ranges.CountX)
            .Select(i => b.Ranges[i / b.Ranges.CountX / b.Ranges.CountY, i / b.Ranges.CountX % b.Ranges.CountY, i % b.Ranges.CountX])).ToArray();
        float low = ranges.Min(r => r.Least), high = Math.Max(ranges.Max(r => r.Most), low + 1e-3f), iso = low + 0.4577f * (high - low);
        var alpha = Enumerable.Range(0, TransferTable.Size).Select(i => i < 250 ? 0 : Math.Min(0.6f, (i - 250) / 1500f)).ToArray();
        var colors = Enumerable.Range(0, TransferTable.Size).Select(i => (i >> 3) | ((255 - (i >> 3)) << 8) | 0x400000).ToArray();
        var table = new TransferTable(low, high, alpha, colors, 1);
        var empty = mode == RayMode.Isosurface ? EmptySpace.Of(volume, (l, m) => l <= iso && m >= iso) : EmptySpace.Of(volume, table.IsVisible);
        return new RaycastSettings
        {
            Mode = mode, Transfer = table, Empty = empty, Shaded = shaded, IsoValue = iso, HeadLight = VoxelVector.UnitZ, KeyLight = VoxelVector.FromXyz(Vector3.Normalize(Vector3.One)),
            GradientFloor = 1e-10f * (high - low) * (high - low),
        };
    }

    public static RayGeometry Orbit(double degrees, int width, int height, Vector3? middle = null, float distance = 110)
    {
        var q = Quaternion.CreateFromYawPitchRoll((float)(degrees * Math.PI / 180), 0.4f, 0);
        Vector3 forward = Vector3.Transform(Vector3.UnitZ, q), right = Vector3.Transform(Vector3.UnitX, q), down = Vector3.Transform(Vector3.UnitY, q);
        var eye = (middle ?? new Vector3(N / 2f)) - distance * forward;
        var pixel = 0.5f / height;
        var first = forward - width / 2f * pixel * right - height / 2f * pixel * down;
        return new RayGeometry(
            VoxelVector.FromXyz(eye), default, default, VoxelVector.FromXyz(first), VoxelVector.FromXyz(pixel * right), VoxelVector.FromXyz(pixel * down));
    }

    public static int Difference(uint a, uint b) =>
        Math.Max(Math.Abs((int)(a & 255) - (int)(b & 255)), Math.Max(Math.Abs((int)(a >> 8 & 255) - (int)(b >> 8 & 255)), Math.Abs((int)(a >> 16 & 255) - (int)(b >> 16 & 255))));

    /// <summary>
    /// Waves, in them a small turned volume of finer voxels that takes their place, and labels that colour both; the three of different
    /// types.
    /// </summary>
    public static (PagedVolume Volume, RaycastSettings Settings) Layered(bool replaces, float step = 1)
    {
        var volume = PagedVolume.FromDense<ushort>(Waves(40, 50, 60), 40, 50, 60);
        var fine = Balls<float>(1e-4f, -3);
        var labels = PagedVolume.FromDense<byte>(Enumerable.Range(0, 20 * 25 * 30).Select(i => (byte)(i % 30 / 8 + i / 30 % 25 / 9)).ToArray(), 20, 25, 30);
        var settings = Settings(volume, RayMode.Composite, true) with { Step = step };
        var (own, alpha) = (Settings(fine, RayMode.Composite, true), Enumerable.Range(0, TransferTable.Size).Select(i => i is > 500 and < 1300 ? 0.2f : 0).ToArray());
        var table = new TransferTable(0, 5, alpha, Enumerable.Range(0, TransferTable.Size).Select(i => i < 900 ? 0x0000FF : 0xFFFF00).ToArray(), step);
        return (volume, settings with
        {
            Layers =
            [
                new RayLayer
                {
                    Volume = fine, Transfer = own.Transfer, Empty = own.Empty, Shaded = true, Replaces = replaces, HeadLight = VoxelVector.UnitX, GradientFloor = own.GradientFloor,
                    FromPicture = Matrix4x4.CreateTranslation(-30, -25, -20) * Matrix4x4.CreateRotationZ(0.4f) * Matrix4x4.CreateRotationX(-0.3f)
                        * Matrix4x4.CreateScale(2, 2, 2.5f) * Matrix4x4.CreateTranslation(23.5f, 23.5f, 23.5f),
                },
                new RayLayer
                {
                    Volume = labels, Transfer = table, Empty = EmptySpace.Of(labels, table.IsVisible), Nearest = true, Shaded = true,
                    FromPicture = Matrix4x4.CreateScale(0.5f) * Matrix4x4.CreateTranslation(-0.25f, -0.25f, -0.25f),
                },
            ],
        });
    }

    /// <summary>A plane, and above it another along a surface that bulges by up to 1.5.</summary>
    public static ClipShape Curved(float[] n, float w)
    {
        var heights = Enumerable.Range(0, 5 * 6).Select(i => 1.5f * n[(i * 7 + 3) % n.Length]).ToArray();
        var plane = new Vector4(n[4], n[5], n[6], w);
        return new ClipShape(
            [plane, new ClipPlane(new Vector4(-n[4], -n[5], -n[6], 20), n[1] > 0 ? 1 : -1)],
            new ClipRelief(new Vector4(0.1f, 0.01f * n[2], 0, 0.5f), new Vector4(0, 0.1f, 0.02f * n[3], -0.3f), 5, 6, heights));
    }

    /// <summary>Light among the balls, on a grid of 24³ cells of two voxels.</summary>
    public static LightField BallLight()
    {
        var opacity = BallValues(24).Select(v => v > 20000 ? 0.5f : 0).ToArray();
        var light = VoxelVector.FromXyz(Vector3.Normalize(new Vector3(0.3f, -0.8f, 0.4f)));
        return LightField.Of(opacity, LightField.Ambient(opacity, 24, 24, 24), 24, 24, 24, light, 0.5f * VoxelVector.One, -0.25f * VoxelVector.One);
    }

    /// <summary>Odd sizes, any direction, any clipping, steps of any length, jitter or not, from ten numbers of −1 to 1; 40×40 pixels.</summary>
    public static (PagedVolume Volume, RaycastSettings Settings, RayGeometry Rays) AnyView(float[] n)
    {
        var volume = PagedVolume.FromDense<ushort>(Waves(33, 47, 61), 33, 47, 61);
        var settings = Settings(volume, n[0] > 0.3f ? RayMode.Composite : n[0] > -0.3f ? RayMode.Isosurface : RayMode.Maximum, n[1] > 0) with
        {
            Step = 1 + 0.6f * n[2], Jitter = n[3] > 0, SamplePlane = n[3] < -0.5f ? new Vector4(n[4], n[5], 1.5f, 3) : null,
            Clip = n[6] > 0 ? Curved(n, 5) : ClipShape.None,
            BoxLow = n[7] > 0.5f ? new VoxelVector(Z: 1.4f, Y: 3.3f, X: 7.25f) : float.NegativeInfinity * VoxelVector.One,
            Integrated = n[5] > 0.4f, Smooth = n[4] > 0,
        };
        return (volume, settings, Orbit(180 * n[8], 40, 40, new Vector3(30, 23, 16), 60 + 40 * n[9]));
    }
}
