using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>
/// How much light reaches a place, on a grid coarser than the voxels: from all around (ambient occlusion), and from the key light
/// (shadow). Light is passed on from cell to cell, less what each holds back: along 14 directions, in which what is far fades out, and along
/// the direction to the key light. A ray looks the field up a little towards the eye, and out of the surface, so that a surface does not
/// stand in its own way.
/// </summary>
public sealed class LightField : IDisposable
{
    /// <summary>How far towards the eye, and as far out of the surface, the field is looked up, in its cells.</summary>
    internal const float Towards = 1.5f;

    // What a flat surface in the open gets from its own side of the sky becomes full light; what gets less is darkened more than in
    // proportion, as an eye used to the scene sees it.
    private const float OpenSurface = 1.7f;
    private const float Contrast = 1.6f;

    // Of what is held back, how much still is a cell further on.
    private const float Reach = 0.93f;
    private const float ShadowReach = 0.985f;

    private static readonly (int Z, int Y, int X)[] s_around =
    [
        (1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1), (1, 1, 1), (1, 1, -1), (1, -1, 1), (1, -1, -1), (-1, 1, 1), (-1, 1, -1), (-1, -1, 1), (-1, -1, -1),
    ];

    private LightField(int z, int y, int x, Vector3 scale, Vector3 offset)
    {
        (Z, Y, X, Scale, Offset) = (z, y, x, scale, offset);
        Entries = ArrayPool<byte>.Shared.Rent(8 * z * y * (x + 1) + 64);
    }

    /// <summary>Cells along z, with a border of one at either end.</summary>
    public int Z { get; }

    /// <summary>Cells along y, with the border.</summary>
    public int Y { get; }

    /// <summary>Cells along x, with the border.</summary>
    public int X { get; }

    /// <summary>Cells a voxel of the picture's volume, by axis (x, y, z).</summary>
    internal Vector3 Scale { get; }

    /// <summary>The field's coordinates (x, y, z), a cell's centre a whole number, the border's 0, are index coordinates times <see cref="Scale"/> plus this.</summary>
    internal Vector3 Offset { get; }

    /// <summary>
    /// 8 bytes a cell, rows of X + 1: light from around at (z, y), (z, y + 1), (z + 1, y), (z + 1, y + 1), then from the key light. The
    /// eight corners of a place are two entries that follow each other.
    /// </summary>
    internal byte[] Entries { get; private set; }

    /// <summary>Light from around, 0–255 a cell; the same for every camera.</summary>
    /// <param name="opacity">Of each cell, 0–1, C order (z, y, x).</param>
    /// <param name="z">Cells along z.</param>
    /// <param name="y">Cells along y.</param>
    /// <param name="x">Cells along x.</param>
    public static byte[] Ambient(float[] opacity, int z, int y, int x)
    {
        var sum = new float[z * y * x];
        Parallel.ForEach(
            s_around, ComputeLane.Options(default, 4), () => new float[z * y * x],
            (direction, _, own) =>
            {
                Pass(opacity, own, z, y, x, direction);
                return own;
            },
            own =>
            {
                lock (sum)
                {
                    for (var i = 0; i < sum.Length; i++)
                    {
                        sum[i] += own[i];
                    }
                }
            });
        var ambient = new byte[sum.Length];
        for (var i = 0; i < sum.Length; i++)
        {
            ambient[i] = (byte)(255 * MathF.Pow(Math.Min(1, OpenSurface * sum[i] / s_around.Length), Contrast) + 0.5f);
        }

        return ambient;
    }

    /// <summary>A field.</summary>
    /// <param name="opacity">Of each cell, as for <see cref="Ambient"/>.</param>
    /// <param name="ambient">What that gave.</param>
    /// <param name="z">Cells along z.</param>
    /// <param name="y">Cells along y.</param>
    /// <param name="x">Cells along x.</param>
    /// <param name="toKeyLight">Direction to the key light in the field's axes.</param>
    /// <param name="scale">Cells a voxel of the picture's volume, by axis.</param>
    /// <param name="offset">The field's coordinates of index coordinates 0.</param>
    public static LightField Of(float[] opacity, byte[] ambient, int z, int y, int x, VoxelVector toKeyLight, VoxelVector scale, VoxelVector offset)
    {
        // A border of open sky: what is cut off at the volume's end stands in the light.
        var field = new LightField(z + 2, y + 2, x + 2, scale, offset + VoxelVector.One);
        var count = field.Z * field.Y * field.X;
        byte[] shadow = ArrayPool<byte>.Shared.Rent(opacity.Length), around = ArrayPool<byte>.Shared.Rent(count), direct = ArrayPool<byte>.Shared.Rent(count);
        Shadow(opacity, z, y, x, toKeyLight, shadow);
        around.AsSpan(0, count).Fill(255);
        direct.AsSpan(0, count).Fill(255);
        for (var k = 0; k < z; k++)
        {
            for (var j = 0; j < y; j++)
            {
                int from = (k * y + j) * x, to = ((k + 1) * field.Y + j + 1) * field.X + 1;
                ambient.AsSpan(from, x).CopyTo(around.AsSpan(to));
                shadow.AsSpan(from, x).CopyTo(direct.AsSpan(to));
            }
        }

        field.Pack(around, direct);
        ArrayPool<byte>.Shared.Return(shadow);
        ArrayPool<byte>.Shared.Return(around);
        ArrayPool<byte>.Shared.Return(direct);
        return field;
    }

    /// <summary>Gives the memory back; nothing may be drawn with the field any more.</summary>
    public void Dispose()
    {
        var entries = Entries;
        Entries = [];
        if (entries.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(entries);
        }
    }

    /// <summary>Light from around and from the key light, 0–1, at a place in the field's coordinates.</summary>
    internal (float Ambient, float Shadow) At(Vector3 p)
    {
        p = Vector3.Clamp(p, Vector3.Zero, new Vector3(X - 1, Y - 1, Z - 1));
        int x = (int)p.X, y = (int)p.Y, z = (int)p.Z, at = 8 * ((z * Y + y) * (X + 1) + x);
        float fx = p.X - x, fy = p.Y - y, fz = p.Z - z;
        return (Mixed(at), Mixed(at + 4));

        float Mixed(int i) => (1 / 255f) * Mix(Mix(Along(i), Along(i + 1), fy), Mix(Along(i + 2), Along(i + 3), fy), fz);

        float Along(int i) => Mix(Entries[i], Entries[i + 8], fx);

        static float Mix(float a, float b, float t) => a + (b - a) * t;
    }

    private void Pack(byte[] ambient, byte[] shadow)
    {
        var (y, x) = (Y, X);
        Parallel.For(0, Z, ComputeLane.Options(), k =>
        {
            var entries = MemoryMarshal.Cast<byte, ulong>(Entries.AsSpan());
            for (var j = 0; j < y; j++)
            {
                int below = Math.Min(j + 1, y - 1), behind = Math.Min(k + 1, Z - 1);
                int a = (k * y + j) * x, b = (k * y + below) * x, c = (behind * y + j) * x, d = (behind * y + below) * x;
                var row = entries.Slice((k * y + j) * (x + 1), x + 1);
                for (var i = 0; i < x; i++)
                {
                    row[i] = (uint)(ambient[a + i] | ambient[b + i] << 8 | ambient[c + i] << 16 | ambient[d + i] << 24)
                        | (ulong)(uint)(shadow[a + i] | shadow[b + i] << 8 | shadow[c + i] << 16 | shadow[d + i] << 24) << 32;
                }

                row[x] = row[x - 1];
            }
        });
    }

    // Adds to each cell what light comes to it from one direction: from its neighbour there, what that neighbour got and let through.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pass(float[] opacity, float[] sum, int nz, int ny, int nx, (int Z, int Y, int X) from)
    {
        var length = MathF.Sqrt(Math.Abs(from.Z) + Math.Abs(from.Y) + Math.Abs(from.X));
        var reach = MathF.Pow(Reach, length);

        // What the slice before let through, and this one; a border of open sky around, so that rows run over their ends.
        int wide = nx + 2, tall = ny + 2;
        float[] before = new float[tall * wide], now = new float[tall * wide];
        Array.Fill(before, 1);
        Array.Fill(now, 1);
        for (var k = 0; k < nz; k++)
        {
            var z = from.Z > 0 ? nz - 1 - k : k;
            for (var j = 0; j < ny; j++)
            {
                var y = from.Y > 0 ? ny - 1 - j : j;
                var source = (from.Z != 0 ? before : now).AsSpan((y + 1 + from.Y) * wide + 1 + from.X);
                var through = now.AsSpan((y + 1) * wide + 1, nx);
                var held = opacity.AsSpan((z * ny + y) * nx, nx);
                var to = sum.AsSpan((z * ny + y) * nx, nx);
                if (from is { Z: 0, Y: 0 })
                {
                    for (var i = 0; i < nx; i++)
                    {
                        var x = from.X > 0 ? nx - 1 - i : i;
                        var light = 1 - reach * (1 - now[(y + 1) * wide + 1 + x + from.X]);
                        to[x] += light;
                        through[x] = light * MathF.Max(0, 1 - length * held[x]);
                    }

                    continue;
                }

                var i0 = 0;
                for (; i0 <= nx - Vector<float>.Count; i0 += Vector<float>.Count)
                {
                    var light = Vector<float>.One - reach * (Vector<float>.One - new Vector<float>(source[i0..]));
                    (new Vector<float>(to[i0..]) + light).CopyTo(to[i0..]);
                    (light * Vector.Max(Vector<float>.Zero, Vector<float>.One - length * new Vector<float>(held[i0..]))).CopyTo(through[i0..]);
                }

                for (; i0 < nx; i0++)
                {
                    var light = 1 - reach * (1 - source[i0]);
                    to[i0] += light;
                    through[i0] = light * MathF.Max(0, 1 - length * held[i0]);
                }
            }

            if (from.Z != 0)
            {
                (before, now) = (now, before);
            }
            else
            {
                Array.Fill(now, 1);
            }
        }
    }

    // Slice by slice along the axis that the light comes from most, each looking at the one before where the ray to the light crosses it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Shadow(float[] opacity, int nz, int ny, int nx, Vector3 light, byte[] shadow)
    {
        var (absX, absY, absZ) = (MathF.Abs(light.X), MathF.Abs(light.Y), MathF.Abs(light.Z));
        (int Count, int Stride, float Along) z = (nz, ny * nx, light.Z), y = (ny, nx, light.Y), x = (nx, 1, light.X);
        var (a, b, c) = absZ >= absY && absZ >= absX ? (z, y, x) : absY >= absX ? (y, z, x) : (x, z, y);
        var main = MathF.Max(MathF.Abs(a.Along), 1e-6f);
        float db = b.Along / main, dc = c.Along / main, length = MathF.Sqrt(1 + db * db + dc * dc);
        int b0 = (int)MathF.Floor(db), c0 = (int)MathF.Floor(dc);
        float fb = db - b0, fc = dc - c0;

        // Two cells of open sky around.
        var wide = c.Count + 4;
        float[] before = new float[(b.Count + 4) * wide], now = new float[(b.Count + 4) * wide];
        Array.Fill(before, 1);
        Array.Fill(now, 1);
        for (var i = 0; i < a.Count; i++)
        {
            var slice = (a.Along > 0 ? a.Count - 1 - i : i) * a.Stride;
            var (source, through) = (before, now);
            Parallel.For(0, b.Count, ComputeLane.Options(), [MethodImpl(MethodImplOptions.AggressiveOptimization)] (j) =>
            {
                var at = slice + j * b.Stride;
                var from = (j + 2 + b0) * wide + 2 + c0;
                for (var k = 0; k < c.Count; k++, from++, at += c.Stride)
                {
                    var near = source[from] + fc * (source[from + 1] - source[from]);
                    var far = source[from + wide] + fc * (source[from + wide + 1] - source[from + wide]);
                    var lit = 1 - ShadowReach * (1 - (near + fb * (far - near)));
                    shadow[at] = (byte)(255 * lit + 0.5f);
                    through[(j + 2) * wide + 2 + k] = lit * MathF.Max(0, 1 - length * opacity[at]);
                }
            });
            (before, now) = (now, before);
        }
    }
}
