using System.Runtime.InteropServices;
using DendriteViewer.Cli.Output;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Cli.Commands;

/// <summary>
/// A cylinder of noisy electrolyte with voids over a slab of lithium, as make_volume.py makes it, brick by brick on all processors: for
/// benchmarks
/// where there is no data. Values of 0 to 255, 257 times as much in 16 bits.
/// </summary>
internal static class SyntheticVolume
{
    private const int NoiseEdge = 64;
    private const int Edge = 64;
    private const int Shift = 6;

    /// <summary>A volume of one level.</summary>
    /// <param name="n">Voxels along each axis.</param>
    /// <param name="type">UInt8, UInt16 or Float32.</param>
    /// <param name="seed">Another seed is another timestep.</param>
    public static PagedVolume Of(int n, VoxelType type, int seed) => type switch
    {
        VoxelType.UInt8 => Of(n, type, seed, v => (byte)v),
        VoxelType.UInt16 => Of(n, type, seed, v => (ushort)(257 * v)),
        VoxelType.Float32 => Of(n, type, seed, v => v),
        _ => throw new UsageException($"--type is u8, u16 or f32, not {type.ZarrName()}."),
    };

    private readonly record struct Ball(float Z, float Y, float X, float R);

    private static PagedVolume Of<T>(int n, VoxelType type, int seed, Func<float, T> value) where T : unmanaged
    {
        var random = new Random(seed);
        var noise = Noise(random);
        var count = (n + Edge - 1) >> Shift;
        var balls = new List<Ball>[count * count * count];
        for (var i = 0; i < (int)(4000 * Math.Pow(n / 512.0, 3)); i++)
        {
            // A gamma distribution of shape 2 is the sum of two exponential ones.
            var r = (float)(-2.5 * (Math.Log(1 - random.NextDouble()) + Math.Log(1 - random.NextDouble())) + 1);
            Put(new Ball(random.NextSingle() * n, random.NextSingle() * n, random.NextSingle() * n, r));
        }

        var level = new BrickLevel(n, n, n, Shift, Shift, Shift, 0, 0, 0, new Brick?[balls.Length]);
        Parallel.For(0, balls.Length, b => level.Bricks[b] = Make(b));
        return new PagedVolume(type, [level]);

        void Put(Ball ball)
        {
            int First(float c) => Math.Max(0, (int)(c - ball.R) >> Shift);
            int Last(float c) => Math.Min(n - 1, (int)(c + ball.R)) >> Shift;
            for (var z = First(ball.Z); z <= Last(ball.Z); z++)
            {
                for (var y = First(ball.Y); y <= Last(ball.Y); y++)
                {
                    for (var x = First(ball.X); x <= Last(ball.X); x++)
                    {
                        (balls[(z * count + y) * count + x] ??= []).Add(ball);
                    }
                }
            }
        }

        Brick Make(int b)
        {
            int z0 = b / count / count * Edge, y0 = b / count % count * Edge, x0 = b % count * Edge;
            int nz = Math.Min(Edge, n - z0), ny = Math.Min(Edge, n - y0), nx = Math.Min(Edge, n - x0);
            var grey = new float[Edge * Edge * Edge];
            for (var z = 0; z < nz; z++)
            {
                for (var y = 0; y < ny; y++)
                {
                    var row = grey.AsSpan((z * Edge + y) * Edge, nx);
                    noise.AsSpan(((z0 / 7 + z) % NoiseEdge * NoiseEdge + (y0 / 5 + y) % NoiseEdge) * NoiseEdge, nx).CopyTo(row);
                }
            }

            foreach (var ball in balls[b] ?? [])
            {
                Carve(ball, grey, z0, y0, x0, nz, ny, nx);
            }

            var voxels = new T[grey.Length];
            var (slab, radius) = (n * 40 / 512, 0.48f * n);
            for (var z = 0; z < nz; z++)
            {
                for (var y = 0; y < ny; y++)
                {
                    var dy = y0 + y - n / 2f;
                    for (var x = 0; x < nx; x++)
                    {
                        var (dx, i) = (x0 + x - n / 2f, (z * Edge + y) * Edge + x);
                        voxels[i] = value(dx * dx + dy * dy > radius * radius ? 0 : z0 + z < slab ? 60 : Math.Clamp(grey[i], 0, 255));
                    }
                }
            }

            return new Brick(MemoryMarshal.AsBytes(voxels.AsSpan()), type, Edge, Edge, Edge, nz, ny, nx);
        }
    }

    private static void Carve(Ball ball, float[] grey, int z0, int y0, int x0, int nz, int ny, int nx)
    {
        for (var z = Math.Max(0, (int)(ball.Z - ball.R) - z0); z < Math.Min(nz, (int)(ball.Z + ball.R) + 2 - z0); z++)
        {
            for (var y = Math.Max(0, (int)(ball.Y - ball.R) - y0); y < Math.Min(ny, (int)(ball.Y + ball.R) + 2 - y0); y++)
            {
                for (var x = Math.Max(0, (int)(ball.X - ball.R) - x0); x < Math.Min(nx, (int)(ball.X + ball.R) + 2 - x0); x++)
                {
                    float dz = z0 + z - ball.Z, dy = y0 + y - ball.Y, dx = x0 + x - ball.X;
                    grey[(z * Edge + y) * Edge + x] -= dz * dz + dy * dy + dx * dx < ball.R * ball.R ? 90 : 0;
                }
            }
        }
    }

    // 150 and a little more or less, smooth over about a voxel, the same again every 64 voxels.
    private static float[] Noise(Random random)
    {
        var raw = new float[NoiseEdge * NoiseEdge * NoiseEdge];
        for (var i = 0; i < raw.Length; i++)
        {
            raw[i] = random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f;
        }

        var smooth = new float[raw.Length];
        int At(int z, int y, int x) => (z % NoiseEdge * NoiseEdge + y % NoiseEdge) * NoiseEdge + x % NoiseEdge;
        for (var i = 0; i < raw.Length; i++)
        {
            int z = i / NoiseEdge / NoiseEdge, y = i / NoiseEdge % NoiseEdge, x = i % NoiseEdge;
            var sum = 0f;
            for (var k = 0; k < 8; k++)
            {
                sum += raw[At(z + (k >> 2), y + (k >> 1 & 1), x + (k & 1))];
            }

            smooth[i] = 150 + 6.5f * sum;
        }

        return smooth;
    }
}
