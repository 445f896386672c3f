// Made from RaycastPackets512.Composite.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Composite pictures of single samples: a lane gathers red, green, blue and opacity.
internal static unsafe partial class RaycastPackets128
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Composite<TVoxel, TLight, TTransfer>(RayJob job, TileWorker worker, Packet* r, float until) where TVoxel : struct
    {
        var s = job.Settings;
        var data = worker.Window.Data;
        var visible = worker.Window.Visible;
        var scratch = worker.Scratch;
        var everywhere = worker.Window.AllVisible;
        var addresses = Lanes128.Addresses.Made;
        var opaque = Vector128.Create(RaycastSettings.Opaque);
        var step = Vector128.Create(s.Step);
        var inverse = Vector128.Create(1 / s.Step);
        var scale = Vector128.Create(s.Transfer.Scale);
        var offset = Vector128.Create((BlockWindow.BiasOf(job.Volume.Type) - s.Transfer.Low) * s.Transfer.Scale);
        var last = Vector128.Create(TransferTable.Size - 1f);
        var end = Vector128.MinNative(r->End, Vector128.Create(until));
        var (t, red, green, blue, alpha) = (r->T, r->A, r->B, r->C, r->D);
        fixed (long* table = s.Transfer.Entries)
        fixed (byte* pieces = s.Transfer.Pieces?.Packed)
        {
            var curve = new Lanes128.Curve(pieces);

            // A lane goes on whether or not it is opaque by now: where the next sample lies must not wait for this one's opacity.
            var inside = Vector128.LessThanOrEqual(t, end);
            var active = inside & Vector128.LessThan(alpha, opaque);
            while (active.ExtractMostSignificantBits() != 0)
            {
                var px = Vector128.MultiplyAddEstimate(t, r->Dx, r->Ox);
                var py = Vector128.MultiplyAddEstimate(t, r->Dy, r->Oy);
                var pz = Vector128.MultiplyAddEstimate(t, r->Dz, r->Oz);
                var ix = Vector128.ConvertToInt32Native(px);
                var iy = Vector128.ConvertToInt32Native(py);
                var iz = Vector128.ConvertToInt32Native(pz);
                if (!everywhere)
                {
                    var hidden = active & ~Lanes128.Bits(visible, CellBit(ix, iy, iz)).AsSingle();
                    if (hidden.ExtractMostSignificantBits() != 0)
                    {
                        t += hidden & Leap(job, r, s.Empty, px, py, pz, ix, iy, iz, hidden, step, inverse);
                        inside = Vector128.LessThanOrEqual(t, end);
                        active = inside & Vector128.LessThan(alpha, opaque);
                        continue;
                    }
                }

                Samples128.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
                var fx = px - Vector128.ConvertToSingle(ix);
                var fy = py - Vector128.ConvertToSingle(iy);
                var fz = pz - Vector128.ConvertToSingle(iz);
                var value = Samples128.Interpolate(c, fx, fy, fz);
                var place = Vector128.MinNative(Vector128.MaxNative(Vector128.MultiplyAddEstimate(value, scale, offset), Vector128<float>.Zero), last);
                Vector128<float> a;
                Vector128<int> found, color = default;
                if (typeof(TTransfer) == typeof(InRegisters))
                {
                    found = curve.Piece(place);
                    a = curve.Alpha(found, place);
                }
                else
                {
                    Lanes128.Load8((byte*)table, Vector128.ConvertToInt32Native(place) << 3, scratch, out found, out color);
                    a = found.AsSingle();
                }

                a &= active;
                if (Vector128.GreaterThan(a, Vector128<float>.Zero).ExtractMostSignificantBits() != 0)
                {
                    var weight = (Vector128<float>.One - alpha) * a;
                    Vector128<float> cr, cg, cb;
                    if (typeof(TTransfer) == typeof(InRegisters))
                    {
                        curve.Color(found, place, out cr, out cg, out cb);
                    }
                    else
                    {
                        Unpack(color, out cr, out cg, out cb);
                    }

                    if (typeof(TLight) == typeof(Shaded))
                    {
                        Samples128.Gradient(c, fx, fy, fz, out var gx, out var gy, out var gz);
                        Shade(s, gx, gy, gz, out var diffuse, out var shine);
                        cr = Vector128.MultiplyAddEstimate(cr, diffuse, shine);
                        cg = Vector128.MultiplyAddEstimate(cg, diffuse, shine);
                        cb = Vector128.MultiplyAddEstimate(cb, diffuse, shine);
                    }

                    red = Vector128.MultiplyAddEstimate(weight, cr, red);
                    green = Vector128.MultiplyAddEstimate(weight, cg, green);
                    blue = Vector128.MultiplyAddEstimate(weight, cb, blue);
                    alpha += weight;
                }

                t += inside & step;
                inside = Vector128.LessThanOrEqual(t, end);
                active = inside & Vector128.LessThan(alpha, opaque);
            }
        }

        (r->T, r->A, r->B, r->C, r->D) = (t, red, green, blue, alpha);
        var alive = Vector128.LessThanOrEqual(t, r->End) & Vector128.LessThan(alpha, opaque);
        return Lanes128.Least(Vector128.ConditionalSelect(alive, t, Vector128.Create(float.PositiveInfinity)));
    }
}
