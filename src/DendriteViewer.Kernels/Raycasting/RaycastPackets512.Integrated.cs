using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Composite pictures of what lies between two samples: a lane gathers red, green, blue, opacity, and keeps the value before.
internal static unsafe partial class RaycastPackets512
{
    // As Composite, but a step shows what lies between its two samples; a lane keeps the value before, NaN after a leap.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Integrate<TVoxel, TLight>(RayJob job, TileWorker worker, Packet* r, float until) where TVoxel : struct
    {
        var s = job.Settings;
        var data = worker.Window.Data;
        var visible = worker.Window.Visible;
        var scratch = worker.Scratch;
        var addresses = Lanes512.Addresses.Made;
        var opaque = Vector512.Create(RaycastSettings.Opaque);
        var step = Vector512.Create(s.Step);
        var inverse = Vector512.Create(1 / s.Step);
        var scale = Vector512.Create(s.Transfer.Scale);
        var offset = Vector512.Create((BlockWindow.BiasOf(job.Volume.Type) - s.Transfer.Low) * s.Transfer.Scale);
        var last = Vector512.Create(TransferTable.Size - 1f);
        var end = Vector512.MinNative(r->End, Vector512.Create(until));
        var nan = Vector512.Create(float.NaN);
        var (low, high) = RayBox.Of(job.Volume);
        var (t, red, green, blue, alpha, before) = (r->T, r->A, r->B, r->C, r->D, r->E);
        fixed (int* sums = s.Transfer.Sums)
        {
            var active = Vector512.LessThanOrEqual(t, end) & Vector512.LessThan(alpha, opaque);
            while (active.ExtractMostSignificantBits() != 0)
            {
                var px = Vector512.MultiplyAddEstimate(t, r->Dx, r->Ox);
                var py = Vector512.MultiplyAddEstimate(t, r->Dy, r->Oy);
                var pz = Vector512.MultiplyAddEstimate(t, r->Dz, r->Oz);
                var ix = Vector512.ConvertToInt32Native(px);
                var iy = Vector512.ConvertToInt32Native(py);
                var iz = Vector512.ConvertToInt32Native(pz);
                var hidden = active & ~Lanes512.Bits(visible, CellBit(ix, iy, iz)).AsSingle();
                var leaping = hidden & ~Vector512.Equals(before, before);
                if (leaping.ExtractMostSignificantBits() != 0)
                {
                    t += leaping & Leap(job, r, s.Empty, px, py, pz, ix, iy, iz, leaping, step, inverse);
                    active = Vector512.LessThanOrEqual(t, end) & Vector512.LessThan(alpha, opaque);
                    continue;
                }

                Samples512.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
                var fx = px - Vector512.ConvertToSingle(ix);
                var fy = py - Vector512.ConvertToSingle(iy);
                var fz = pz - Vector512.ConvertToSingle(iz);
                var value = Samples512.Interpolate(c, fx, fy, fz);
                var fresh = active & ~Vector512.Equals(before, before);
                if (fresh.ExtractMostSignificantBits() != 0)
                {
                    // One step back, at most to the volume's end.
                    var bx = Vector512.MinNative(Vector512.MaxNative(px - step * r->Dx, Vector512.Create(low.X)), Vector512.Create(high.X));
                    var by = Vector512.MinNative(Vector512.MaxNative(py - step * r->Dy, Vector512.Create(low.Y)), Vector512.Create(high.Y));
                    var bz = Vector512.MinNative(Vector512.MaxNative(pz - step * r->Dz, Vector512.Create(low.Z)), Vector512.Create(high.Z));
                    Vector512<int> kx = Vector512.ConvertToInt32Native(bx), ky = Vector512.ConvertToInt32Native(by), kz = Vector512.ConvertToInt32Native(bz);
                    Samples512.Corners<TVoxel>(data, addresses.Of(kz, ky, kx), scratch, out var back);
                    var earlier = Samples512.Interpolate(back, bx - Vector512.ConvertToSingle(kx), by - Vector512.ConvertToSingle(ky), bz - Vector512.ConvertToSingle(kz));
                    before = Vector512.ConditionalSelect(fresh, earlier, before);
                }

                // Sums at both ends of what lies between the two values.
                var here = Vector512.ConvertToInt32Native(Vector512.MinNative(Vector512.MaxNative(Vector512.MultiplyAddEstimate(value, scale, offset), Vector512<float>.Zero), last));
                var there = Vector512.ConvertToInt32Native(Vector512.MinNative(Vector512.MaxNative(Vector512.MultiplyAddEstimate(before, scale, offset), Vector512<float>.Zero), last));
                var first = Vector512.Min(here, there);
                var behind = Vector512.Max(here, there) + Vector512<int>.One;
                Lanes512.Load16((byte*)sums, first << 4, scratch, out var a0, out var r0, out var g0, out var b0);
                Lanes512.Load16((byte*)sums, behind << 4, scratch, out var a1, out var r1, out var g1, out var b1);
                var extinction = Vector512.ConvertToSingle(a1 - a0);
                var a = active & (Vector512<float>.One - Vector512.Exp(extinction / Vector512.ConvertToSingle(behind - first) * (-1 / TransferTable.ExtinctionUnit)));
                if (Vector512.GreaterThan(a, Vector512<float>.Zero).ExtractMostSignificantBits() != 0)
                {
                    var open = (Vector512<float>.One - alpha) & active;
                    var part = a / Vector512.MaxNative(extinction, Vector512<float>.One) * (TransferTable.ExtinctionUnit / TransferTable.ColorUnit);
                    Vector512<float> cr = Vector512.ConvertToSingle(r1 - r0) * part, cg = Vector512.ConvertToSingle(g1 - g0) * part, cb = Vector512.ConvertToSingle(b1 - b0) * part;
                    if (typeof(TLight) != typeof(Flat))
                    {
                        Vector512<float> gx, gy, gz;
                        if (s.Smooth)
                        {
                            Smooth<TVoxel>(data, addresses, scratch, px, py, pz, low, high, out gx, out gy, out gz);
                        }
                        else
                        {
                            Samples512.Gradient(c, fx, fy, fz, out gx, out gy, out gz);
                        }

                        Vector512<float> ambient = Vector512<float>.One, shadow = ambient;
                        if (typeof(TLight) == typeof(Lit))
                        {
                            Light(s.Light!, s.GradientFloor, r, px, py, pz, gx, gy, gz, scratch, out ambient, out shadow);
                        }

                        Shade(s, gx, gy, gz, ambient, shadow, out var diffuse, out var shine);
                        shine *= a;
                        cr = Vector512.MultiplyAddEstimate(cr, diffuse, shine);
                        cg = Vector512.MultiplyAddEstimate(cg, diffuse, shine);
                        cb = Vector512.MultiplyAddEstimate(cb, diffuse, shine);
                    }

                    red = Vector512.MultiplyAddEstimate(open, cr, red);
                    green = Vector512.MultiplyAddEstimate(open, cg, green);
                    blue = Vector512.MultiplyAddEstimate(open, cb, blue);
                    alpha = Vector512.MultiplyAddEstimate(open, a, alpha);
                }

                before = Vector512.ConditionalSelect(active, Vector512.ConditionalSelect(hidden, nan, value), before);
                t += active & step;
                active = Vector512.LessThanOrEqual(t, end) & Vector512.LessThan(alpha, opaque);
            }
        }

        (r->T, r->A, r->B, r->C, r->D, r->E) = (t, red, green, blue, alpha, before);
        var alive = Vector512.LessThanOrEqual(t, r->End) & Vector512.LessThan(alpha, opaque);
        return Lanes512.Least(Vector512.ConditionalSelect(alive, t, Vector512.Create(float.PositiveInfinity)));
    }
}
