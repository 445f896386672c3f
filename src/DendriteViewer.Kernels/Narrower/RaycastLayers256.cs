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
internal static unsafe class RaycastLayers256
{
    /// <summary>Samples of a ray in a chunk at most.</summary>
    public const int MostSamples = 64;

    private const float Chunk = 16;

    /// <summary>What the volumes show at one step: colour, opacity, and how much of those below is still seen.</summary>
    private struct Sample
    {
        public Vector256<float> R, G, B, A, Left;
    }

    /// <summary>From where the first volume begins to where the last one ends.</summary>
    public static void Extent(RayJob job, RaycastPackets256.Packet* r, ref Vector256<float> start, ref Vector256<float> end)
    {
        (start, end) = (Vector256.Create(float.MaxValue), Vector256.Create(float.MinValue));
        foreach (var layer in job.Layers)
        {
            var (o, d) = Turned(layer.FromPicture, r);
            var (low, high) = layer.Box;
            var from = Vector256<float>.Zero;
            var to = Vector256.Create(float.MaxValue);
            RaycastPackets256.Slab(o.X, d.X, RaycastPackets256.Inverse(d.X), low.X, high.X, ref from, ref to);
            RaycastPackets256.Slab(o.Y, d.Y, RaycastPackets256.Inverse(d.Y), low.Y, high.Y, ref from, ref to);
            RaycastPackets256.Slab(o.Z, d.Z, RaycastPackets256.Inverse(d.Z), low.Z, high.Z, ref from, ref to);
            var met = Vector256.LessThanOrEqual(from, to);
            start = Vector256.ConditionalSelect(met, Vector256.MinNative(start, from), start);
            end = Vector256.ConditionalSelect(met, Vector256.MaxNative(end, to), end);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool March(RayJob job, TileWorker worker, RaycastPackets256.Packet* packets, Span<float> next, float first, int u0, int v0, int u1, int v1)
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
                var end = Vector256.MinNative(r->End, Vector256.Create(from + length));
                var t = begin;
                var steps = 0;
                if (seen)
                {
                    new Span<Sample>(row, MostSamples).Clear();
                    for (var k = 0; k < MostSamples; k++)
                    {
                        row[k].Left = Vector256<float>.One;
                    }

                    for (var l = layers.Length - 1; l >= 0; l--)
                    {
                        steps = layers[l].Volume.Type switch
                        {
                            VoxelType.UInt8 or VoxelType.Int8 => Add<Samples256.Bits8>(s, layers[l], worker.Windows[l], worker.Scratch, r, end, row),
                            VoxelType.UInt16 or VoxelType.Int16 => Add<Samples256.Bits16>(s, layers[l], worker.Windows[l], worker.Scratch, r, end, row),
                            _ => Add<Samples256.BitsFloat>(s, layers[l], worker.Windows[l], worker.Scratch, r, end, row),
                        };
                    }

                    next[i] = Compose(s, r, end, row, steps);
                }
                else
                {
                    // To the first sample behind the chunk, by whole steps.
                    var inside = Vector256.LessThanOrEqual(t, end);
                    var go = Vector256.Floor((end - t) / s.Step) * s.Step + Vector256.Create(s.Step);
                    r->T = t + (inside & go);
                    next[i] = Next(r);
                }
            }
        }
    }

    // What one volume shows at every step of a chunk, under what is there of those above it. Returns the number of steps.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Add<TVoxel>(RaycastSettings s, RayLayer layer, BlockWindow window, int* scratch, RaycastPackets256.Packet* r, Vector256<float> end, Sample* row)
        where TVoxel : struct
    {
        var (o, d) = Turned(layer.FromPicture, r);
        var (low, high) = layer.Box;
        var bias = Vector256.Create(BlockWindow.BiasOf(layer.Volume.Type));
        var scale = Vector256.Create(layer.Transfer.Scale);
        var offset = Vector256.Create(-layer.Transfer.Low * layer.Transfer.Scale);
        var last = Vector256.Create(TransferTable.Size - 1f);
        var addresses = Lanes256.Addresses.Made;
        var step = Vector256.Create(s.Step);
        var t = r->T;
        var steps = 0;
        fixed (long* table = layer.Transfer.Entries)
        {
            for (var active = Vector256.LessThanOrEqual(t, end); active.ExtractMostSignificantBits() != 0; active = Vector256.LessThanOrEqual(t, end), steps++)
            {
                var px = Vector256.MultiplyAddEstimate(t, d.X, o.X);
                var py = Vector256.MultiplyAddEstimate(t, d.Y, o.Y);
                var pz = Vector256.MultiplyAddEstimate(t, d.Z, o.Z);
                t += active & step;
                var inside = active & Within(px, low.X, high.X) & Within(py, low.Y, high.Y) & Within(pz, low.Z, high.Z);
                if (inside.ExtractMostSignificantBits() == 0)
                {
                    continue;
                }

                var half = layer.Nearest ? Vector256.Create(0.5f) : Vector256<float>.Zero;
                var ix = Vector256.ConvertToInt32Native(px + half);
                var iy = Vector256.ConvertToInt32Native(py + half);
                var iz = Vector256.ConvertToInt32Native(pz + half);

                // A label's cell is the one that the place lies in, not its nearest voxel's.
                var cell = layer.Nearest
                    ? RaycastPackets256.CellBit(Vector256.ConvertToInt32Native(px), Vector256.ConvertToInt32Native(py), Vector256.ConvertToInt32Native(pz))
                    : RaycastPackets256.CellBit(ix, iy, iz);
                var sample = row + steps;
                var seen = inside & Lanes256.Bits(window.Visible, cell).AsSingle();
                if (seen.ExtractMostSignificantBits() != 0)
                {
                    Samples256.Corners<TVoxel>(window.Data, addresses.Of(iz, iy, ix), scratch, out var c);
                    Vector256<float> fx = px - Vector256.ConvertToSingle(ix), fy = py - Vector256.ConvertToSingle(iy), fz = pz - Vector256.ConvertToSingle(iz);
                    var value = bias + (layer.Nearest ? c.C000 : Samples256.Interpolate(c, fx, fy, fz));
                    var place = Vector256.MinNative(Vector256.MaxNative(Vector256.MultiplyAddEstimate(value, scale, offset), Vector256<float>.Zero), last);
                    Lanes256.Load8((byte*)table, Vector256.ConvertToInt32Native(place) << 3, scratch, out var found, out var color);
                    var a = found.AsSingle() & seen;
                    if (Vector256.GreaterThan(a, Vector256<float>.Zero).ExtractMostSignificantBits() != 0)
                    {
                        RaycastPackets256.Unpack(color, out var red, out var green, out var blue);
                        if (layer.Shaded && (!layer.Nearest || s.Smooth))
                        {
                            Vector256<float> gx, gy, gz, diffuse, shine;
                            if (s.Smooth)
                            {
                                RaycastPackets256.Smooth<TVoxel>(window.Data, addresses, scratch, px, py, pz, low, high, out gx, out gy, out gz);
                            }
                            else
                            {
                                Samples256.Gradient(c, fx, fy, fz, out gx, out gy, out gz);
                            }

                            Vector256<float> ambient = Vector256<float>.One, shadow = ambient;
                            if (s.Light is not null && !layer.Nearest)
                            {
                                // The field lies in the picture's own coordinates.
                                var at = t - (active & step);
                                RaycastPackets256.Light(
                                    s.Light, s.GradientFloor, r, Vector256.MultiplyAddEstimate(at, r->Dx, r->Ox), Vector256.MultiplyAddEstimate(at, r->Dy, r->Oy),
                                    Vector256.MultiplyAddEstimate(at, r->Dz, r->Oz), Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero,
                                    scratch, out ambient, out shadow);
                            }

                            if (layer.Nearest)
                            {
                                diffuse = RaycastPackets256.LabelShade(layer, gx, gy, gz);
                                shine = Vector256<float>.Zero;
                            }
                            else
                            {
                                RaycastPackets256.Shade(
                                    layer.GradientScale, layer.GradientFloor, layer.HeadLight, layer.KeyLight, gx, gy, gz, ambient, shadow,
                                    out diffuse, out shine);
                            }

                            red = Vector256.MultiplyAddEstimate(red, diffuse, shine);
                            green = Vector256.MultiplyAddEstimate(green, diffuse, shine);
                            blue = Vector256.MultiplyAddEstimate(blue, diffuse, shine);
                        }

                        var weight = sample->Left * a;
                        sample->R = Vector256.MultiplyAddEstimate(weight, red, sample->R);
                        sample->G = Vector256.MultiplyAddEstimate(weight, green, sample->G);
                        sample->B = Vector256.MultiplyAddEstimate(weight, blue, sample->B);
                        sample->A += weight;
                        sample->Left -= weight;
                    }
                }

                if (layer.Replaces)
                {
                    sample->Left = Vector256.ConditionalSelect(inside, Vector256<float>.Zero, sample->Left);
                }
            }
        }

        return steps;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Compose(RaycastSettings s, RaycastPackets256.Packet* r, Vector256<float> end, Sample* row, int steps)
    {
        var (t, red, green, blue, alpha) = (r->T, r->A, r->B, r->C, r->D);
        var opaque = Vector256.Create(RaycastSettings.Opaque);
        var step = Vector256.Create(s.Step);
        for (var k = 0; k < steps; k++)
        {
            var open = (Vector256<float>.One - alpha) & Vector256.LessThan(alpha, opaque);
            red = Vector256.MultiplyAddEstimate(open, row[k].R, red);
            green = Vector256.MultiplyAddEstimate(open, row[k].G, green);
            blue = Vector256.MultiplyAddEstimate(open, row[k].B, blue);
            alpha = Vector256.MultiplyAddEstimate(open, row[k].A, alpha);
            t += Vector256.LessThanOrEqual(t, end) & step;
        }

        (r->T, r->A, r->B, r->C, r->D) = (t, red, green, blue, alpha);
        return Next(r);
    }

    private static float Next(RaycastPackets256.Packet* r)
    {
        var alive = Vector256.LessThanOrEqual(r->T, r->End) & Vector256.LessThan(r->D, Vector256.Create(RaycastSettings.Opaque));
        return Lanes256.Least(Vector256.ConditionalSelect(alive, r->T, Vector256.Create(float.PositiveInfinity)));
    }

    private static Vector256<float> Within(Vector256<float> p, float low, float high) =>
        Vector256.GreaterThanOrEqual(p, Vector256.Create(low)) & Vector256.LessThanOrEqual(p, Vector256.Create(high));

    private readonly record struct Three(Vector256<float> X, Vector256<float> Y, Vector256<float> Z);

    // A packet's rays in another volume.
    private static (Three Origin, Three Direction) Turned(in Matrix4x4 m, RaycastPackets256.Packet* r)
    {
        return (new Three(
                r->Ox * m.M11 + r->Oy * m.M21 + r->Oz * m.M31 + Vector256.Create(m.M41), r->Ox * m.M12 + r->Oy * m.M22 + r->Oz * m.M32 + Vector256.Create(m.M42),
                r->Ox * m.M13 + r->Oy * m.M23 + r->Oz * m.M33 + Vector256.Create(m.M43)),
            new Three(
                r->Dx * m.M11 + r->Dy * m.M21 + r->Dz * m.M31, r->Dx * m.M12 + r->Dy * m.M22 + r->Dz * m.M32, r->Dx * m.M13 + r->Dy * m.M23 + r->Dz * m.M33));
    }
}
