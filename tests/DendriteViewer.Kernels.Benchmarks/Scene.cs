using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Benchmarks;

/// <summary>A volume of 256³ with dark balls in a bright, noisy ground, and views of it.</summary>
internal static class Scene
{
    public const int N = 256;
    public const int Pixels = 384;

    public static byte[] Voxels { get; } = Make();

    public static PagedVolume Volume { get; } = PagedVolume.FromDense<byte>(Voxels, N, N, N);

    public static TransferTable Sparse { get; } = Table(v => v is > 10 and < 100 ? 0.6 * Math.Min(1, Math.Min(v - 10, 100 - v) / 20) : 0);

    public static TransferTable Translucent { get; } = Table(v => v > 20 ? 0.03 * (v - 20) / 235 : 0);

    public static RayGeometry Rays { get; } = Camera();

    private static byte[] Make()
    {
        var random = new Random(1);
        var balls = Enumerable.Range(0, 300).Select(_ => (At: new Vector3(random.Next(N), random.Next(N), random.Next(N)), R: 3 + 6 * random.NextSingle())).ToArray();
        var voxels = new byte[N * N * N];
        for (var i = 0; i < voxels.Length; i++)
        {
            voxels[i] = (byte)(170 + random.Next(-20, 20));
        }

        foreach (var (at, r) in balls)
        {
            for (var z = (int)Math.Max(0, at.Z - r); z <= Math.Min(N - 1, at.Z + r); z++)
            {
                for (var y = (int)Math.Max(0, at.Y - r); y <= Math.Min(N - 1, at.Y + r); y++)
                {
                    for (var x = (int)Math.Max(0, at.X - r); x <= Math.Min(N - 1, at.X + r); x++)
                    {
                        if (Vector3.Distance(at, new Vector3(x, y, z)) < r)
                        {
                            voxels[(z * N + y) * N + x] = (byte)(40 + random.Next(-15, 15));
                        }
                    }
                }
            }
        }

        return voxels;
    }

    private static TransferTable Table(Func<double, double> opacity) => new(
        0, 255, Enumerable.Range(0, TransferTable.Size).Select(i => (float)opacity(255.0 * (i + 0.5) / TransferTable.Size)).ToArray(),
        Enumerable.Range(0, TransferTable.Size).Select(i => (i >> 3) | (i >> 3) << 8 | 0x400000).ToArray(), 1);

    private static RayGeometry Camera()
    {
        var q = Quaternion.CreateFromYawPitchRoll(0.5f, 0.4f, 0);
        Vector3 forward = Vector3.Transform(Vector3.UnitZ, q), right = Vector3.Transform(Vector3.UnitX, q), down = Vector3.Transform(Vector3.UnitY, q);
        var pixel = 2 * MathF.Tan(MathF.PI / 12) / Pixels;
        return new RayGeometry(
            VoxelVector.FromXyz(new Vector3(N / 2f) - 3.3f * N / 2 * forward * 1.2f), default, default,
            VoxelVector.FromXyz(forward - Pixels / 2f * pixel * right - Pixels / 2f * pixel * down), VoxelVector.FromXyz(pixel * right), VoxelVector.FromXyz(pixel * down));
    }
}
