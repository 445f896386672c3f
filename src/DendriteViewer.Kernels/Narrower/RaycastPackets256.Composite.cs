// Made from RaycastPackets512.Composite.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Composite pictures of single samples: a lane gathers red, green, blue and opacity.
internal static unsafe partial class RaycastPackets256
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Composite<TVoxel, TLight, TTransfer>(RayJob job, TileWorker worker, Packet* r, float until) where TVoxel : struct
    {
        var s = job.Settings;
        var data = worker.Window.Data;
        var visible = worker.Window.Visible;
        var scratch = worker.Scratch;
        var everywhere = worker.Window.AllVisible;
        var addresses = Lanes256.Addresses.Made;
        var opaque = Vector256.Create(RaycastSettings.Opaque);
        var step = Vector256.Create(s.Step);
        var inverse = Vector256.Create(1 / s.Step);
        var scale = Vector256.Create(s.Transfer.Scale);
        var offset = Vector256.Create((BlockWindow.BiasOf(job.Volume.Type) - s.Transfer.Low) * s.Transfer.Scale);
        var last = Vector256.Create(TransferTable.Size - 1f);
        var end = Vector256.MinNative(r->End, Vector256.Create(until));
        var (t, red, green, blue, alpha) = (r->T, r->A, r->B, r->C, r->D);
        fixed (long* table = s.Transfer.Entries)
        fixed (byte* pieces = s.Transfer.Pieces?.Packed)
        {
            var curve = new Lanes256.Curve(pieces);

            // A lane goes on whether or not it is opaque by now: where the next sample lies must not wait for this one's opacity.
            var inside = Vector256.LessThanOrEqual(t, end);
            var active = inside & Vector256.LessThan(alpha, opaque);
            while (active.ExtractMostSignificantBits() != 0)
            {
                var px = Vector256.MultiplyAddEstimate(t, r->Dx, r->Ox);
                var py = Vector256.MultiplyAddEstimate(t, r->Dy, r->Oy);
                var pz = Vector256.MultiplyAddEstimate(t, r->Dz, r->Oz);
                var ix = Vector256.ConvertToInt32Native(px);
                var iy = Vector256.ConvertToInt32Native(py);
                var iz = Vector256.ConvertToInt32Native(pz);
                if (!everywhere)
                {
                    var hidden = active & ~Lanes256.Bits(visible, CellBit(ix, iy, iz)).AsSingle();
                    if (hidden.ExtractMostSignificantBits() != 0)
                    {
                        t += hidden & Leap(job, r, s.Empty, px, py, pz, ix, iy, iz, hidden, step, inverse);
                        inside = Vector256.LessThanOrEqual(t, end);
                        active = inside & Vector256.LessThan(alpha, opaque);
                        continue;
                    }
                }

                Samples256.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
                var fx = px - Vector256.ConvertToSingle(ix);
                var fy = py - Vector256.ConvertToSingle(iy);
                var fz = pz - Vector256.ConvertToSingle(iz);
                var value = Samples256.Interpolate(c, fx, fy, fz);
                var place = Vector256.MinNative(Vector256.MaxNative(Vector256.MultiplyAddEstimate(value, scale, offset), Vector256<float>.Zero), last);
                Vector256<float> a;
                Vector256<int> found, color = default;
                if (typeof(TTransfer) == typeof(InRegisters))
                {
                    found = curve.Piece(place);
                    a = curve.Alpha(found, place);
                }
                else
                {
                    Lanes256.Load8((byte*)table, Vector256.ConvertToInt32Native(place) << 3, scratch, out found, out color);
                    a = found.AsSingle();
                }

                a &= active;
                if (Vector256.GreaterThan(a, Vector256<float>.Zero).ExtractMostSignificantBits() != 0)
                {
                    var weight = (Vector256<float>.One - alpha) * a;
                    Vector256<float> cr, cg, cb;
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
                        Samples256.Gradient(c, fx, fy, fz, out var gx, out var gy, out var gz);
                        Shade(s, gx, gy, gz, out var diffuse, out var shine);
                        cr = Vector256.MultiplyAddEstimate(cr, diffuse, shine);
                        cg = Vector256.MultiplyAddEstimate(cg, diffuse, shine);
                        cb = Vector256.MultiplyAddEstimate(cb, diffuse, shine);
                    }

                    red = Vector256.MultiplyAddEstimate(weight, cr, red);
                    green = Vector256.MultiplyAddEstimate(weight, cg, green);
                    blue = Vector256.MultiplyAddEstimate(weight, cb, blue);
                    alpha += weight;
                }

                t += inside & step;
                inside = Vector256.LessThanOrEqual(t, end);
                active = inside & Vector256.LessThan(alpha, opaque);
            }
        }

        (r->T, r->A, r->B, r->C, r->D) = (t, red, green, blue, alpha);
        var alive = Vector256.LessThanOrEqual(t, r->End) & Vector256.LessThan(alpha, opaque);
        return Lanes256.Least(Vector256.ConditionalSelect(alive, t, Vector256.Create(float.PositiveInfinity)));
    }
}
