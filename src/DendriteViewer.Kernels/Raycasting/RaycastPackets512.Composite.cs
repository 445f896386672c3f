using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Composite pictures of single samples: a lane gathers red, green, blue and opacity.
internal static unsafe partial class RaycastPackets512
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Composite<TVoxel, TLight, TTransfer>(RayJob job, TileWorker worker, Packet* r, float until) where TVoxel : struct
    {
        var s = job.Settings;
        var data = worker.Window.Data;
        var visible = worker.Window.Visible;
        var scratch = worker.Scratch;
        var everywhere = worker.Window.AllVisible;
        var addresses = Lanes512.Addresses.Made;
        var opaque = Vector512.Create(RaycastSettings.Opaque);
        var step = Vector512.Create(s.Step);
        var inverse = Vector512.Create(1 / s.Step);
        var scale = Vector512.Create(s.Transfer.Scale);
        var offset = Vector512.Create((BlockWindow.BiasOf(job.Volume.Type) - s.Transfer.Low) * s.Transfer.Scale);
        var last = Vector512.Create(TransferTable.Size - 1f);
        var end = Vector512.MinNative(r->End, Vector512.Create(until));
        var (t, red, green, blue, alpha) = (r->T, r->A, r->B, r->C, r->D);
        fixed (long* table = s.Transfer.Entries)
        fixed (byte* pieces = s.Transfer.Pieces?.Packed)
        {
            var curve = new Lanes512.Curve(pieces);

            // A lane goes on whether or not it is opaque by now: where the next sample lies must not wait for this one's opacity.
            var inside = Vector512.LessThanOrEqual(t, end);
            var active = inside & Vector512.LessThan(alpha, opaque);
            while (active.ExtractMostSignificantBits() != 0)
            {
                var px = Vector512.MultiplyAddEstimate(t, r->Dx, r->Ox);
                var py = Vector512.MultiplyAddEstimate(t, r->Dy, r->Oy);
                var pz = Vector512.MultiplyAddEstimate(t, r->Dz, r->Oz);
                var ix = Vector512.ConvertToInt32Native(px);
                var iy = Vector512.ConvertToInt32Native(py);
                var iz = Vector512.ConvertToInt32Native(pz);
                if (!everywhere)
                {
                    var hidden = active & ~Lanes512.Bits(visible, CellBit(ix, iy, iz)).AsSingle();
                    if (hidden.ExtractMostSignificantBits() != 0)
                    {
                        t += hidden & Leap(job, r, s.Empty, px, py, pz, ix, iy, iz, hidden, step, inverse);
                        inside = Vector512.LessThanOrEqual(t, end);
                        active = inside & Vector512.LessThan(alpha, opaque);
                        continue;
                    }
                }

                Samples512.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
                var fx = px - Vector512.ConvertToSingle(ix);
                var fy = py - Vector512.ConvertToSingle(iy);
                var fz = pz - Vector512.ConvertToSingle(iz);
                var value = Samples512.Interpolate(c, fx, fy, fz);
                var place = Vector512.MinNative(Vector512.MaxNative(Vector512.MultiplyAddEstimate(value, scale, offset), Vector512<float>.Zero), last);
                Vector512<float> a;
                Vector512<int> found, color = default;
                if (typeof(TTransfer) == typeof(InRegisters))
                {
                    found = curve.Piece(place);
                    a = curve.Alpha(found, place);
                }
                else
                {
                    Lanes512.Load8((byte*)table, Vector512.ConvertToInt32Native(place) << 3, scratch, out found, out color);
                    a = found.AsSingle();
                }

                a &= active;
                if (Vector512.GreaterThan(a, Vector512<float>.Zero).ExtractMostSignificantBits() != 0)
                {
                    var weight = (Vector512<float>.One - alpha) * a;
                    Vector512<float> cr, cg, cb;
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
                        Samples512.Gradient(c, fx, fy, fz, out var gx, out var gy, out var gz);
                        Shade(s, gx, gy, gz, out var diffuse, out var shine);
                        cr = Vector512.MultiplyAddEstimate(cr, diffuse, shine);
                        cg = Vector512.MultiplyAddEstimate(cg, diffuse, shine);
                        cb = Vector512.MultiplyAddEstimate(cb, diffuse, shine);
                    }

                    red = Vector512.MultiplyAddEstimate(weight, cr, red);
                    green = Vector512.MultiplyAddEstimate(weight, cg, green);
                    blue = Vector512.MultiplyAddEstimate(weight, cb, blue);
                    alpha += weight;
                }

                t += inside & step;
                inside = Vector512.LessThanOrEqual(t, end);
                active = inside & Vector512.LessThan(alpha, opaque);
            }
        }

        (r->T, r->A, r->B, r->C, r->D) = (t, red, green, blue, alpha);
        var alive = Vector512.LessThanOrEqual(t, r->End) & Vector512.LessThan(alpha, opaque);
        return Lanes512.Least(Vector512.ConditionalSelect(alive, t, Vector512.Create(float.PositiveInfinity)));
    }
}
