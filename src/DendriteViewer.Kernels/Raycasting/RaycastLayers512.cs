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
internal static unsafe class RaycastLayers512
{
    /// <summary>Samples of a ray in a chunk at most.</summary>
    public const int MostSamples = 64;

    private const float Chunk = 16;

    /// <summary>What the volumes show at one step: colour, opacity, and how much of those below is still seen.</summary>
    private struct Sample
    {
        public Vector512<float> R, G, B, A, Left;
    }

    /// <summary>From where the first volume begins to where the last one ends.</summary>
    public static void Extent(RayJob job, RaycastPackets512.Packet* r, ref Vector512<float> start, ref Vector512<float> end)
    {
        (start, end) = (Vector512.Create(float.MaxValue), Vector512.Create(float.MinValue));
        foreach (var layer in job.Layers)
        {
            var (o, d) = Turned(layer.FromPicture, r);
            var (low, high) = layer.Box;
            var from = Vector512<float>.Zero;
            var to = Vector512.Create(float.MaxValue);
            RaycastPackets512.Slab(o.X, d.X, RaycastPackets512.Inverse(d.X), low.X, high.X, ref from, ref to);
            RaycastPackets512.Slab(o.Y, d.Y, RaycastPackets512.Inverse(d.Y), low.Y, high.Y, ref from, ref to);
            RaycastPackets512.Slab(o.Z, d.Z, RaycastPackets512.Inverse(d.Z), low.Z, high.Z, ref from, ref to);
            var met = Vector512.LessThanOrEqual(from, to);
            start = Vector512.ConditionalSelect(met, Vector512.MinNative(start, from), start);
            end = Vector512.ConditionalSelect(met, Vector512.MaxNative(end, to), end);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool March(RayJob job, TileWorker worker, RaycastPackets512.Packet* packets, Span<float> next, float first, int u0, int v0, int u1, int v1)
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
                var end = Vector512.MinNative(r->End, Vector512.Create(from + length));
                var t = begin;
                var steps = 0;
                if (seen)
                {
                    new Span<Sample>(row, MostSamples).Clear();
                    for (var k = 0; k < MostSamples; k++)
                    {
                        row[k].Left = Vector512<float>.One;
                    }

                    for (var l = layers.Length - 1; l >= 0; l--)
                    {
                        steps = layers[l].Volume.Type switch
                        {
                            VoxelType.UInt8 or VoxelType.Int8 => Add<Samples512.Bits8>(s, layers[l], worker.Windows[l], worker.Scratch, r, end, row),
                            VoxelType.UInt16 or VoxelType.Int16 => Add<Samples512.Bits16>(s, layers[l], worker.Windows[l], worker.Scratch, r, end, row),
                            _ => Add<Samples512.BitsFloat>(s, layers[l], worker.Windows[l], worker.Scratch, r, end, row),
                        };
                    }

                    next[i] = Compose(s, r, end, row, steps);
                }
                else
                {
                    // To the first sample behind the chunk, by whole steps.
                    var inside = Vector512.LessThanOrEqual(t, end);
                    var go = Vector512.Floor((end - t) / s.Step) * s.Step + Vector512.Create(s.Step);
                    r->T = t + (inside & go);
                    next[i] = Next(r);
                }
            }
        }
    }

    // What one volume shows at every step of a chunk, under what is there of those above it. Returns the number of steps.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Add<TVoxel>(RaycastSettings s, RayLayer layer, BlockWindow window, int* scratch, RaycastPackets512.Packet* r, Vector512<float> end, Sample* row)
        where TVoxel : struct
    {
        var (o, d) = Turned(layer.FromPicture, r);
        var (low, high) = layer.Box;
        var bias = Vector512.Create(BlockWindow.BiasOf(layer.Volume.Type));
        var scale = Vector512.Create(layer.Transfer.Scale);
        var offset = Vector512.Create(-layer.Transfer.Low * layer.Transfer.Scale);
        var last = Vector512.Create(TransferTable.Size - 1f);
        var addresses = Lanes512.Addresses.Made;
        var step = Vector512.Create(s.Step);
        var t = r->T;
        var steps = 0;
        fixed (long* table = layer.Transfer.Entries)
        {
            for (var active = Vector512.LessThanOrEqual(t, end); active.ExtractMostSignificantBits() != 0; active = Vector512.LessThanOrEqual(t, end), steps++)
            {
                var px = Vector512.MultiplyAddEstimate(t, d.X, o.X);
                var py = Vector512.MultiplyAddEstimate(t, d.Y, o.Y);
                var pz = Vector512.MultiplyAddEstimate(t, d.Z, o.Z);
                t += active & step;
                var inside = active & Within(px, low.X, high.X) & Within(py, low.Y, high.Y) & Within(pz, low.Z, high.Z);
                if (inside.ExtractMostSignificantBits() == 0)
                {
                    continue;
                }

                var half = layer.Nearest ? Vector512.Create(0.5f) : Vector512<float>.Zero;
                var ix = Vector512.ConvertToInt32Native(px + half);
                var iy = Vector512.ConvertToInt32Native(py + half);
                var iz = Vector512.ConvertToInt32Native(pz + half);

                // A label's cell is the one that the place lies in, not its nearest voxel's.
                var cell = layer.Nearest
                    ? RaycastPackets512.CellBit(Vector512.ConvertToInt32Native(px), Vector512.ConvertToInt32Native(py), Vector512.ConvertToInt32Native(pz))
                    : RaycastPackets512.CellBit(ix, iy, iz);
                var sample = row + steps;
                var seen = inside & Lanes512.Bits(window.Visible, cell).AsSingle();
                if (seen.ExtractMostSignificantBits() != 0)
                {
                    Samples512.Corners<TVoxel>(window.Data, addresses.Of(iz, iy, ix), scratch, out var c);
                    Vector512<float> fx = px - Vector512.ConvertToSingle(ix), fy = py - Vector512.ConvertToSingle(iy), fz = pz - Vector512.ConvertToSingle(iz);
                    var value = bias + (layer.Nearest ? c.C000 : Samples512.Interpolate(c, fx, fy, fz));
                    var place = Vector512.MinNative(Vector512.MaxNative(Vector512.MultiplyAddEstimate(value, scale, offset), Vector512<float>.Zero), last);
                    Lanes512.Load8((byte*)table, Vector512.ConvertToInt32Native(place) << 3, scratch, out var found, out var color);
                    var a = found.AsSingle() & seen;
                    if (Vector512.GreaterThan(a, Vector512<float>.Zero).ExtractMostSignificantBits() != 0)
                    {
                        RaycastPackets512.Unpack(color, out var red, out var green, out var blue);
                        if (layer.Shaded && (!layer.Nearest || s.Smooth))
                        {
                            Vector512<float> gx, gy, gz, diffuse, shine;
                            if (s.Smooth)
                            {
                                RaycastPackets512.Smooth<TVoxel>(window.Data, addresses, scratch, px, py, pz, low, high, out gx, out gy, out gz);
                            }
                            else
                            {
                                Samples512.Gradient(c, fx, fy, fz, out gx, out gy, out gz);
                            }

                            Vector512<float> ambient = Vector512<float>.One, shadow = ambient;
                            if (s.Light is not null && !layer.Nearest)
                            {
                                // The field lies in the picture's own coordinates.
                                var at = t - (active & step);
                                RaycastPackets512.Light(
                                    s.Light, s.GradientFloor, r, Vector512.MultiplyAddEstimate(at, r->Dx, r->Ox), Vector512.MultiplyAddEstimate(at, r->Dy, r->Oy),
                                    Vector512.MultiplyAddEstimate(at, r->Dz, r->Oz), Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero,
                                    scratch, out ambient, out shadow);
                            }

                            if (layer.Nearest)
                            {
                                diffuse = RaycastPackets512.LabelShade(layer, gx, gy, gz);
                                shine = Vector512<float>.Zero;
                            }
                            else
                            {
                                RaycastPackets512.Shade(
                                    layer.GradientScale, layer.GradientFloor, layer.HeadLight, layer.KeyLight, gx, gy, gz, ambient, shadow,
                                    out diffuse, out shine);
                            }

                            red = Vector512.MultiplyAddEstimate(red, diffuse, shine);
                            green = Vector512.MultiplyAddEstimate(green, diffuse, shine);
                            blue = Vector512.MultiplyAddEstimate(blue, diffuse, shine);
                        }

                        var weight = sample->Left * a;
                        sample->R = Vector512.MultiplyAddEstimate(weight, red, sample->R);
                        sample->G = Vector512.MultiplyAddEstimate(weight, green, sample->G);
                        sample->B = Vector512.MultiplyAddEstimate(weight, blue, sample->B);
                        sample->A += weight;
                        sample->Left -= weight;
                    }
                }

                if (layer.Replaces)
                {
                    sample->Left = Vector512.ConditionalSelect(inside, Vector512<float>.Zero, sample->Left);
                }
            }
        }

        return steps;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Compose(RaycastSettings s, RaycastPackets512.Packet* r, Vector512<float> end, Sample* row, int steps)
    {
        var (t, red, green, blue, alpha) = (r->T, r->A, r->B, r->C, r->D);
        var opaque = Vector512.Create(RaycastSettings.Opaque);
        var step = Vector512.Create(s.Step);
        for (var k = 0; k < steps; k++)
        {
            var open = (Vector512<float>.One - alpha) & Vector512.LessThan(alpha, opaque);
            red = Vector512.MultiplyAddEstimate(open, row[k].R, red);
            green = Vector512.MultiplyAddEstimate(open, row[k].G, green);
            blue = Vector512.MultiplyAddEstimate(open, row[k].B, blue);
            alpha = Vector512.MultiplyAddEstimate(open, row[k].A, alpha);
            t += Vector512.LessThanOrEqual(t, end) & step;
        }

        (r->T, r->A, r->B, r->C, r->D) = (t, red, green, blue, alpha);
        return Next(r);
    }

    private static float Next(RaycastPackets512.Packet* r)
    {
        var alive = Vector512.LessThanOrEqual(r->T, r->End) & Vector512.LessThan(r->D, Vector512.Create(RaycastSettings.Opaque));
        return Lanes512.Least(Vector512.ConditionalSelect(alive, r->T, Vector512.Create(float.PositiveInfinity)));
    }

    private static Vector512<float> Within(Vector512<float> p, float low, float high) =>
        Vector512.GreaterThanOrEqual(p, Vector512.Create(low)) & Vector512.LessThanOrEqual(p, Vector512.Create(high));

    private readonly record struct Three(Vector512<float> X, Vector512<float> Y, Vector512<float> Z);

    // A packet's rays in another volume.
    private static (Three Origin, Three Direction) Turned(in Matrix4x4 m, RaycastPackets512.Packet* r)
    {
        return (new Three(
                r->Ox * m.M11 + r->Oy * m.M21 + r->Oz * m.M31 + Vector512.Create(m.M41), r->Ox * m.M12 + r->Oy * m.M22 + r->Oz * m.M32 + Vector512.Create(m.M42),
                r->Ox * m.M13 + r->Oy * m.M23 + r->Oz * m.M33 + Vector512.Create(m.M43)),
            new Three(
                r->Dx * m.M11 + r->Dy * m.M21 + r->Dz * m.M31, r->Dx * m.M12 + r->Dy * m.M22 + r->Dz * m.M32, r->Dx * m.M13 + r->Dy * m.M23 + r->Dz * m.M33));
    }
}
