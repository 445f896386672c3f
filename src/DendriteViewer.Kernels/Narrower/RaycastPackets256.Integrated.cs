// Made from RaycastPackets512.Integrated.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Composite pictures of what lies between two samples: a lane gathers red, green, blue, opacity, and keeps the value before.
internal static unsafe partial class RaycastPackets256
{
    // As Composite, but a step shows what lies between its two samples; a lane keeps the value before, NaN after a leap.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Integrate<TVoxel, TLight>(RayJob job, TileWorker worker, Packet* r, float until) where TVoxel : struct
    {
        var s = job.Settings;
        var data = worker.Window.Data;
        var visible = worker.Window.Visible;
        var scratch = worker.Scratch;
        var addresses = Lanes256.Addresses.Made;
        var opaque = Vector256.Create(RaycastSettings.Opaque);
        var step = Vector256.Create(s.Step);
        var inverse = Vector256.Create(1 / s.Step);
        var scale = Vector256.Create(s.Transfer.Scale);
        var offset = Vector256.Create((BlockWindow.BiasOf(job.Volume.Type) - s.Transfer.Low) * s.Transfer.Scale);
        var last = Vector256.Create(TransferTable.Size - 1f);
        var end = Vector256.MinNative(r->End, Vector256.Create(until));
        var nan = Vector256.Create(float.NaN);
        var (low, high) = RayBox.Of(job.Volume);
        var (t, red, green, blue, alpha, before) = (r->T, r->A, r->B, r->C, r->D, r->E);
        fixed (int* sums = s.Transfer.Sums)
        {
            var active = Vector256.LessThanOrEqual(t, end) & Vector256.LessThan(alpha, opaque);
            while (active.ExtractMostSignificantBits() != 0)
            {
                var px = Vector256.MultiplyAddEstimate(t, r->Dx, r->Ox);
                var py = Vector256.MultiplyAddEstimate(t, r->Dy, r->Oy);
                var pz = Vector256.MultiplyAddEstimate(t, r->Dz, r->Oz);
                var ix = Vector256.ConvertToInt32Native(px);
                var iy = Vector256.ConvertToInt32Native(py);
                var iz = Vector256.ConvertToInt32Native(pz);
                var hidden = active & ~Lanes256.Bits(visible, CellBit(ix, iy, iz)).AsSingle();
                var leaping = hidden & ~Vector256.Equals(before, before);
                if (leaping.ExtractMostSignificantBits() != 0)
                {
                    t += leaping & Leap(job, r, s.Empty, px, py, pz, ix, iy, iz, leaping, step, inverse);
                    active = Vector256.LessThanOrEqual(t, end) & Vector256.LessThan(alpha, opaque);
                    continue;
                }

                Samples256.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
                var fx = px - Vector256.ConvertToSingle(ix);
                var fy = py - Vector256.ConvertToSingle(iy);
                var fz = pz - Vector256.ConvertToSingle(iz);
                var value = Samples256.Interpolate(c, fx, fy, fz);
                var fresh = active & ~Vector256.Equals(before, before);
                if (fresh.ExtractMostSignificantBits() != 0)
                {
                    // One step back, at most to the volume's end.
                    var bx = Vector256.MinNative(Vector256.MaxNative(px - step * r->Dx, Vector256.Create(low.X)), Vector256.Create(high.X));
                    var by = Vector256.MinNative(Vector256.MaxNative(py - step * r->Dy, Vector256.Create(low.Y)), Vector256.Create(high.Y));
                    var bz = Vector256.MinNative(Vector256.MaxNative(pz - step * r->Dz, Vector256.Create(low.Z)), Vector256.Create(high.Z));
                    Vector256<int> kx = Vector256.ConvertToInt32Native(bx), ky = Vector256.ConvertToInt32Native(by), kz = Vector256.ConvertToInt32Native(bz);
                    Samples256.Corners<TVoxel>(data, addresses.Of(kz, ky, kx), scratch, out var back);
                    var earlier = Samples256.Interpolate(back, bx - Vector256.ConvertToSingle(kx), by - Vector256.ConvertToSingle(ky), bz - Vector256.ConvertToSingle(kz));
                    before = Vector256.ConditionalSelect(fresh, earlier, before);
                }

                // Sums at both ends of what lies between the two values.
                var here = Vector256.ConvertToInt32Native(Vector256.MinNative(Vector256.MaxNative(Vector256.MultiplyAddEstimate(value, scale, offset), Vector256<float>.Zero), last));
                var there = Vector256.ConvertToInt32Native(Vector256.MinNative(Vector256.MaxNative(Vector256.MultiplyAddEstimate(before, scale, offset), Vector256<float>.Zero), last));
                var first = Vector256.Min(here, there);
                var behind = Vector256.Max(here, there) + Vector256<int>.One;
                Lanes256.Load16((byte*)sums, first << 4, scratch, out var a0, out var r0, out var g0, out var b0);
                Lanes256.Load16((byte*)sums, behind << 4, scratch, out var a1, out var r1, out var g1, out var b1);
                var extinction = Vector256.ConvertToSingle(a1 - a0);
                var a = active & (Vector256<float>.One - Vector256.Exp(extinction / Vector256.ConvertToSingle(behind - first) * (-1 / TransferTable.ExtinctionUnit)));
                if (Vector256.GreaterThan(a, Vector256<float>.Zero).ExtractMostSignificantBits() != 0)
                {
                    var open = (Vector256<float>.One - alpha) & active;
                    var part = a / Vector256.MaxNative(extinction, Vector256<float>.One) * (TransferTable.ExtinctionUnit / TransferTable.ColorUnit);
                    Vector256<float> cr = Vector256.ConvertToSingle(r1 - r0) * part, cg = Vector256.ConvertToSingle(g1 - g0) * part, cb = Vector256.ConvertToSingle(b1 - b0) * part;
                    if (typeof(TLight) != typeof(Flat))
                    {
                        Vector256<float> gx, gy, gz;
                        if (s.Smooth)
                        {
                            Smooth<TVoxel>(data, addresses, scratch, px, py, pz, low, high, out gx, out gy, out gz);
                        }
                        else
                        {
                            Samples256.Gradient(c, fx, fy, fz, out gx, out gy, out gz);
                        }

                        Vector256<float> ambient = Vector256<float>.One, shadow = ambient;
                        if (typeof(TLight) == typeof(Lit))
                        {
                            Light(s.Light!, s.GradientFloor, r, px, py, pz, gx, gy, gz, scratch, out ambient, out shadow);
                        }

                        Shade(s, gx, gy, gz, ambient, shadow, out var diffuse, out var shine);
                        shine *= a;
                        cr = Vector256.MultiplyAddEstimate(cr, diffuse, shine);
                        cg = Vector256.MultiplyAddEstimate(cg, diffuse, shine);
                        cb = Vector256.MultiplyAddEstimate(cb, diffuse, shine);
                    }

                    red = Vector256.MultiplyAddEstimate(open, cr, red);
                    green = Vector256.MultiplyAddEstimate(open, cg, green);
                    blue = Vector256.MultiplyAddEstimate(open, cb, blue);
                    alpha = Vector256.MultiplyAddEstimate(open, a, alpha);
                }

                before = Vector256.ConditionalSelect(active, Vector256.ConditionalSelect(hidden, nan, value), before);
                t += active & step;
                active = Vector256.LessThanOrEqual(t, end) & Vector256.LessThan(alpha, opaque);
            }
        }

        (r->T, r->A, r->B, r->C, r->D, r->E) = (t, red, green, blue, alpha, before);
        var alive = Vector256.LessThanOrEqual(t, r->End) & Vector256.LessThan(alpha, opaque);
        return Lanes256.Least(Vector256.ConditionalSelect(alive, t, Vector256.Create(float.PositiveInfinity)));
    }
}
