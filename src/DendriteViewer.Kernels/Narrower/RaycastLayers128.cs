// Made from RaycastLayers512.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>
/// Several volumes in one packet of rays; the narrower versions are made from this file. Every volume has a window of its own. For a chunk
/// of the ray each volume in turn, the topmost first, adds what it shows to a row of samples, all lanes at the same step; then the row is
/// composited. Where no volume shows anything in a chunk it is leapt over whole.
/// </summary>
internal static unsafe class RaycastLayers128
{
    /// <summary>Samples of a ray in a chunk at most.</summary>
    public const int MostSamples = 64;

    private const float Chunk = 16;

    /// <summary>What the volumes show at one step: colour, opacity, and how much of those below is still seen.</summary>
    private struct Sample
    {
        public Vector128<float> R, G, B, A, Left;
    }

    /// <summary>From where the first volume begins to where the last one ends.</summary>
    public static void Extent(RayJob job, RaycastPackets128.Packet* r, ref Vector128<float> start, ref Vector128<float> end)
    {
        (start, end) = (Vector128.Create(float.MaxValue), Vector128.Create(float.MinValue));
        foreach (var layer in job.Layers)
        {
            var (o, d) = Turned(layer.FromPicture, r);
            var (low, high) = layer.Box;
            var from = Vector128<float>.Zero;
            var to = Vector128.Create(float.MaxValue);
            RaycastPackets128.Slab(o.X, d.X, RaycastPackets128.Inverse(d.X), low.X, high.X, ref from, ref to);
            RaycastPackets128.Slab(o.Y, d.Y, RaycastPackets128.Inverse(d.Y), low.Y, high.Y, ref from, ref to);
            RaycastPackets128.Slab(o.Z, d.Z, RaycastPackets128.Inverse(d.Z), low.Z, high.Z, ref from, ref to);
            var met = Vector128.LessThanOrEqual(from, to);
            start = Vector128.ConditionalSelect(met, Vector128.MinNative(start, from), start);
            end = Vector128.ConditionalSelect(met, Vector128.MaxNative(end, to), end);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool March(RayJob job, TileWorker worker, RaycastPackets128.Packet* packets, Span<float> next, float first, int u0, int v0, int u1, int v1)
    {
        var s = job.Settings;
        var layers = job.Layers;
        var row = stackalloc Sample[MostSamples];
        var most = Math.Min(Math.Max(Chunk, 2 * s.Step), (MostSamples - 2) * s.Step);
        while (true)
        {
            var from = float.PositiveInfinity;
            foreach (var n in next)
            {
                from = Math.Min(from, n);
            }

            if (float.IsPositiveInfinity(from))
            {
                return true;
            }

            var length = most;
            bool fits, seen;
            while (true)
            {
                (fits, seen) = (true, false);
                for (var l = 0; l < layers.Length && fits; l++)
                {
                    var frustum = new RayFrustum(job, layers[l].FromPicture, first, u0, v0, u1, v1);
                    fits = worker.Windows[l].Prepare(frustum.Part(from, from + length), new OccupancyQuery(layers[l].Empty, (byte)(layers[l].Nearest || s.Smooth ? 1 : 0)));
                    seen |= new ReadOnlySpan<ulong>(worker.Windows[l].Visible, 8).ContainsAnyExcept(0ul);
                }

                if (fits)
                {
                    break;
                }

                length /= 2;
                if (length < s.Step)
                {
                    return false;
                }
            }

            for (var i = 0; i < next.Length; i++)
            {
                if (next[i] > from + length)
                {
                    continue;
                }

                var r = packets + i;
                var begin = r->T;
                var end = Vector128.MinNative(r->End, Vector128.Create(from + length));
                var t = begin;
                var steps = 0;
                if (seen)
                {
                    new Span<Sample>(row, MostSamples).Clear();
                    for (var k = 0; k < MostSamples; k++)
                    {
                        row[k].Left = Vector128<float>.One;
                    }

                    for (var l = layers.Length - 1; l >= 0; l--)
                    {
                        steps = layers[l].Volume.Type switch
                        {
                            VoxelType.UInt8 or VoxelType.Int8 => Add<Samples128.Bits8>(s, layers[l], worker.Windows[l], worker.Scratch, r, end, row),
                            VoxelType.UInt16 or VoxelType.Int16 => Add<Samples128.Bits16>(s, layers[l], worker.Windows[l], worker.Scratch, r, end, row),
                            _ => Add<Samples128.BitsFloat>(s, layers[l], worker.Windows[l], worker.Scratch, r, end, row),
                        };
                    }

                    next[i] = Compose(s, r, end, row, steps);
                }
                else
                {
                    // To the first sample behind the chunk, by whole steps.
                    var inside = Vector128.LessThanOrEqual(t, end);
                    var go = Vector128.Floor((end - t) / s.Step) * s.Step + Vector128.Create(s.Step);
                    r->T = t + (inside & go);
                    next[i] = Next(r);
                }
            }
        }
    }

    // What one volume shows at every step of a chunk, under what is there of those above it. Returns the number of steps.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Add<TVoxel>(RaycastSettings s, RayLayer layer, BlockWindow window, int* scratch, RaycastPackets128.Packet* r, Vector128<float> end, Sample* row)
        where TVoxel : struct
    {
        var (o, d) = Turned(layer.FromPicture, r);
        var (low, high) = layer.Box;
        var bias = Vector128.Create(BlockWindow.BiasOf(layer.Volume.Type));
        var scale = Vector128.Create(layer.Transfer.Scale);
        var offset = Vector128.Create(-layer.Transfer.Low * layer.Transfer.Scale);
        var last = Vector128.Create(TransferTable.Size - 1f);
        var addresses = Lanes128.Addresses.Made;
        var step = Vector128.Create(s.Step);
        var t = r->T;
        var steps = 0;
        fixed (long* table = layer.Transfer.Entries)
        {
            for (var active = Vector128.LessThanOrEqual(t, end); active.ExtractMostSignificantBits() != 0; active = Vector128.LessThanOrEqual(t, end), steps++)
            {
                var px = Vector128.MultiplyAddEstimate(t, d.X, o.X);
                var py = Vector128.MultiplyAddEstimate(t, d.Y, o.Y);
                var pz = Vector128.MultiplyAddEstimate(t, d.Z, o.Z);
                t += active & step;
                var inside = active & Within(px, low.X, high.X) & Within(py, low.Y, high.Y) & Within(pz, low.Z, high.Z);
                if (inside.ExtractMostSignificantBits() == 0)
                {
                    continue;
                }

                var half = layer.Nearest ? Vector128.Create(0.5f) : Vector128<float>.Zero;
                var ix = Vector128.ConvertToInt32Native(px + half);
                var iy = Vector128.ConvertToInt32Native(py + half);
                var iz = Vector128.ConvertToInt32Native(pz + half);

                // A label's cell is the one that the place lies in, not its nearest voxel's.
                var cell = layer.Nearest
                    ? RaycastPackets128.CellBit(Vector128.ConvertToInt32Native(px), Vector128.ConvertToInt32Native(py), Vector128.ConvertToInt32Native(pz))
                    : RaycastPackets128.CellBit(ix, iy, iz);
                var sample = row + steps;
                var seen = inside & Lanes128.Bits(window.Visible, cell).AsSingle();
                if (seen.ExtractMostSignificantBits() != 0)
                {
                    Samples128.Corners<TVoxel>(window.Data, addresses.Of(iz, iy, ix), scratch, out var c);
                    Vector128<float> fx = px - Vector128.ConvertToSingle(ix), fy = py - Vector128.ConvertToSingle(iy), fz = pz - Vector128.ConvertToSingle(iz);
                    var value = bias + (layer.Nearest ? c.C000 : Samples128.Interpolate(c, fx, fy, fz));
                    var place = Vector128.MinNative(Vector128.MaxNative(Vector128.MultiplyAddEstimate(value, scale, offset), Vector128<float>.Zero), last);
                    Lanes128.Load8((byte*)table, Vector128.ConvertToInt32Native(place) << 3, scratch, out var found, out var color);
                    var a = found.AsSingle() & seen;
                    if (Vector128.GreaterThan(a, Vector128<float>.Zero).ExtractMostSignificantBits() != 0)
                    {
                        RaycastPackets128.Unpack(color, out var red, out var green, out var blue);
                        if (layer.Shaded && (!layer.Nearest || s.Smooth))
                        {
                            Vector128<float> gx, gy, gz, diffuse, shine;
                            if (s.Smooth)
                            {
                                RaycastPackets128.Smooth<TVoxel>(window.Data, addresses, scratch, px, py, pz, low, high, out gx, out gy, out gz);
                            }
                            else
                            {
                                Samples128.Gradient(c, fx, fy, fz, out gx, out gy, out gz);
                            }

                            Vector128<float> ambient = Vector128<float>.One, shadow = ambient;
                            if (s.Light is not null && !layer.Nearest)
                            {
                                // The field lies in the picture's own coordinates.
                                var at = t - (active & step);
                                RaycastPackets128.Light(
                                    s.Light, s.GradientFloor, r, Vector128.MultiplyAddEstimate(at, r->Dx, r->Ox), Vector128.MultiplyAddEstimate(at, r->Dy, r->Oy),
                                    Vector128.MultiplyAddEstimate(at, r->Dz, r->Oz), Vector128<float>.Zero, Vector128<float>.Zero, Vector128<float>.Zero,
                                    scratch, out ambient, out shadow);
                            }

                            if (layer.Nearest)
                            {
                                diffuse = RaycastPackets128.LabelShade(layer, gx, gy, gz);
                                shine = Vector128<float>.Zero;
                            }
                            else
                            {
                                RaycastPackets128.Shade(
                                    layer.GradientScale, layer.GradientFloor, layer.HeadLight, layer.KeyLight, gx, gy, gz, ambient, shadow,
                                    out diffuse, out shine);
                            }

                            red = Vector128.MultiplyAddEstimate(red, diffuse, shine);
                            green = Vector128.MultiplyAddEstimate(green, diffuse, shine);
                            blue = Vector128.MultiplyAddEstimate(blue, diffuse, shine);
                        }

                        var weight = sample->Left * a;
                        sample->R = Vector128.MultiplyAddEstimate(weight, red, sample->R);
                        sample->G = Vector128.MultiplyAddEstimate(weight, green, sample->G);
                        sample->B = Vector128.MultiplyAddEstimate(weight, blue, sample->B);
                        sample->A += weight;
                        sample->Left -= weight;
                    }
                }

                if (layer.Replaces)
                {
                    sample->Left = Vector128.ConditionalSelect(inside, Vector128<float>.Zero, sample->Left);
                }
            }
        }

        return steps;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Compose(RaycastSettings s, RaycastPackets128.Packet* r, Vector128<float> end, Sample* row, int steps)
    {
        var (t, red, green, blue, alpha) = (r->T, r->A, r->B, r->C, r->D);
        var opaque = Vector128.Create(RaycastSettings.Opaque);
        var step = Vector128.Create(s.Step);
        for (var k = 0; k < steps; k++)
        {
            var open = (Vector128<float>.One - alpha) & Vector128.LessThan(alpha, opaque);
            red = Vector128.MultiplyAddEstimate(open, row[k].R, red);
            green = Vector128.MultiplyAddEstimate(open, row[k].G, green);
            blue = Vector128.MultiplyAddEstimate(open, row[k].B, blue);
            alpha = Vector128.MultiplyAddEstimate(open, row[k].A, alpha);
            t += Vector128.LessThanOrEqual(t, end) & step;
        }

        (r->T, r->A, r->B, r->C, r->D) = (t, red, green, blue, alpha);
        return Next(r);
    }

    private static float Next(RaycastPackets128.Packet* r)
    {
        var alive = Vector128.LessThanOrEqual(r->T, r->End) & Vector128.LessThan(r->D, Vector128.Create(RaycastSettings.Opaque));
        return Lanes128.Least(Vector128.ConditionalSelect(alive, r->T, Vector128.Create(float.PositiveInfinity)));
    }

    private static Vector128<float> Within(Vector128<float> p, float low, float high) =>
        Vector128.GreaterThanOrEqual(p, Vector128.Create(low)) & Vector128.LessThanOrEqual(p, Vector128.Create(high));

    private readonly record struct Three(Vector128<float> X, Vector128<float> Y, Vector128<float> Z);

    // A packet's rays in another volume.
    private static (Three Origin, Three Direction) Turned(in Matrix4x4 m, RaycastPackets128.Packet* r)
    {
        return (new Three(
                r->Ox * m.M11 + r->Oy * m.M21 + r->Oz * m.M31 + Vector128.Create(m.M41), r->Ox * m.M12 + r->Oy * m.M22 + r->Oz * m.M32 + Vector128.Create(m.M42),
                r->Ox * m.M13 + r->Oy * m.M23 + r->Oz * m.M33 + Vector128.Create(m.M43)),
            new Three(
                r->Dx * m.M11 + r->Dy * m.M21 + r->Dz * m.M31, r->Dx * m.M12 + r->Dy * m.M22 + r->Dz * m.M32, r->Dx * m.M13 + r->Dy * m.M23 + r->Dz * m.M33));
    }
}
