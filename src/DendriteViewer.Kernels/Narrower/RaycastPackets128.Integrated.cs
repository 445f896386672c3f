// Made from RaycastPackets512.Integrated.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Composite pictures of what lies between two samples: a lane gathers red, green, blue, opacity, and keeps the value before.
internal static unsafe partial class RaycastPackets128
{
    // As Composite, but a step shows what lies between its two samples; a lane keeps the value before, NaN after a leap.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Integrate<TVoxel, TLight>(RayJob job, TileWorker worker, Packet* r, float until) where TVoxel : struct
    {
        var s = job.Settings;
        var data = worker.Window.Data;
        var visible = worker.Window.Visible;
        var scratch = worker.Scratch;
        var addresses = Lanes128.Addresses.Made;
        var opaque = Vector128.Create(RaycastSettings.Opaque);
        var step = Vector128.Create(s.Step);
        var inverse = Vector128.Create(1 / s.Step);
        var scale = Vector128.Create(s.Transfer.Scale);
        var offset = Vector128.Create((BlockWindow.BiasOf(job.Volume.Type) - s.Transfer.Low) * s.Transfer.Scale);
        var last = Vector128.Create(TransferTable.Size - 1f);
        var end = Vector128.MinNative(r->End, Vector128.Create(until));
        var nan = Vector128.Create(float.NaN);
        var (low, high) = RayBox.Of(job.Volume);
        var (t, red, green, blue, alpha, before) = (r->T, r->A, r->B, r->C, r->D, r->E);
        fixed (int* sums = s.Transfer.Sums)
        {
            var active = Vector128.LessThanOrEqual(t, end) & Vector128.LessThan(alpha, opaque);
            while (active.ExtractMostSignificantBits() != 0)
            {
                var px = Vector128.MultiplyAddEstimate(t, r->Dx, r->Ox);
                var py = Vector128.MultiplyAddEstimate(t, r->Dy, r->Oy);
                var pz = Vector128.MultiplyAddEstimate(t, r->Dz, r->Oz);
                var ix = Vector128.ConvertToInt32Native(px);
                var iy = Vector128.ConvertToInt32Native(py);
                var iz = Vector128.ConvertToInt32Native(pz);
                var hidden = active & ~Lanes128.Bits(visible, CellBit(ix, iy, iz)).AsSingle();
                var leaping = hidden & ~Vector128.Equals(before, before);
                if (leaping.ExtractMostSignificantBits() != 0)
                {
                    t += leaping & Leap(job, r, s.Empty, px, py, pz, ix, iy, iz, leaping, step, inverse);
                    active = Vector128.LessThanOrEqual(t, end) & Vector128.LessThan(alpha, opaque);
                    continue;
                }

                Samples128.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
                var fx = px - Vector128.ConvertToSingle(ix);
                var fy = py - Vector128.ConvertToSingle(iy);
                var fz = pz - Vector128.ConvertToSingle(iz);
                var value = Samples128.Interpolate(c, fx, fy, fz);
                var fresh = active & ~Vector128.Equals(before, before);
                if (fresh.ExtractMostSignificantBits() != 0)
                {
                    // One step back, at most to the volume's end.
                    var bx = Vector128.MinNative(Vector128.MaxNative(px - step * r->Dx, Vector128.Create(low.X)), Vector128.Create(high.X));
                    var by = Vector128.MinNative(Vector128.MaxNative(py - step * r->Dy, Vector128.Create(low.Y)), Vector128.Create(high.Y));
                    var bz = Vector128.MinNative(Vector128.MaxNative(pz - step * r->Dz, Vector128.Create(low.Z)), Vector128.Create(high.Z));
                    Vector128<int> kx = Vector128.ConvertToInt32Native(bx), ky = Vector128.ConvertToInt32Native(by), kz = Vector128.ConvertToInt32Native(bz);
                    Samples128.Corners<TVoxel>(data, addresses.Of(kz, ky, kx), scratch, out var back);
                    var earlier = Samples128.Interpolate(back, bx - Vector128.ConvertToSingle(kx), by - Vector128.ConvertToSingle(ky), bz - Vector128.ConvertToSingle(kz));
                    before = Vector128.ConditionalSelect(fresh, earlier, before);
                }

                // Sums at both ends of what lies between the two values.
                var here = Vector128.ConvertToInt32Native(Vector128.MinNative(Vector128.MaxNative(Vector128.MultiplyAddEstimate(value, scale, offset), Vector128<float>.Zero), last));
                var there = Vector128.ConvertToInt32Native(Vector128.MinNative(Vector128.MaxNative(Vector128.MultiplyAddEstimate(before, scale, offset), Vector128<float>.Zero), last));
                var first = Vector128.Min(here, there);
                var behind = Vector128.Max(here, there) + Vector128<int>.One;
                Lanes128.Load16((byte*)sums, first << 4, scratch, out var a0, out var r0, out var g0, out var b0);
                Lanes128.Load16((byte*)sums, behind << 4, scratch, out var a1, out var r1, out var g1, out var b1);
                var extinction = Vector128.ConvertToSingle(a1 - a0);
                var a = active & (Vector128<float>.One - Vector128.Exp(extinction / Vector128.ConvertToSingle(behind - first) * (-1 / TransferTable.ExtinctionUnit)));
                if (Vector128.GreaterThan(a, Vector128<float>.Zero).ExtractMostSignificantBits() != 0)
                {
                    var open = (Vector128<float>.One - alpha) & active;
                    var part = a / Vector128.MaxNative(extinction, Vector128<float>.One) * (TransferTable.ExtinctionUnit / TransferTable.ColorUnit);
                    Vector128<float> cr = Vector128.ConvertToSingle(r1 - r0) * part, cg = Vector128.ConvertToSingle(g1 - g0) * part, cb = Vector128.ConvertToSingle(b1 - b0) * part;
                    if (typeof(TLight) != typeof(Flat))
                    {
                        Vector128<float> gx, gy, gz;
                        if (s.Smooth)
                        {
                            Smooth<TVoxel>(data, addresses, scratch, px, py, pz, low, high, out gx, out gy, out gz);
                        }
                        else
                        {
                            Samples128.Gradient(c, fx, fy, fz, out gx, out gy, out gz);
                        }

                        Vector128<float> ambient = Vector128<float>.One, shadow = ambient;
                        if (typeof(TLight) == typeof(Lit))
                        {
                            Light(s.Light!, s.GradientFloor, r, px, py, pz, gx, gy, gz, scratch, out ambient, out shadow);
                        }

                        Shade(s, gx, gy, gz, ambient, shadow, out var diffuse, out var shine);
                        shine *= a;
                        cr = Vector128.MultiplyAddEstimate(cr, diffuse, shine);
                        cg = Vector128.MultiplyAddEstimate(cg, diffuse, shine);
                        cb = Vector128.MultiplyAddEstimate(cb, diffuse, shine);
                    }

                    red = Vector128.MultiplyAddEstimate(open, cr, red);
                    green = Vector128.MultiplyAddEstimate(open, cg, green);
                    blue = Vector128.MultiplyAddEstimate(open, cb, blue);
                    alpha = Vector128.MultiplyAddEstimate(open, a, alpha);
                }

                before = Vector128.ConditionalSelect(active, Vector128.ConditionalSelect(hidden, nan, value), before);
                t += active & step;
                active = Vector128.LessThanOrEqual(t, end) & Vector128.LessThan(alpha, opaque);
            }
        }

        (r->T, r->A, r->B, r->C, r->D, r->E) = (t, red, green, blue, alpha, before);
        var alive = Vector128.LessThanOrEqual(t, r->End) & Vector128.LessThan(alpha, opaque);
        return Lanes128.Least(Vector128.ConditionalSelect(alive, t, Vector128.Create(float.PositiveInfinity)));
    }
}
