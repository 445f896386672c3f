// Made from RaycastPackets512.Isosurface.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Isosurfaces.
internal static unsafe partial class RaycastPackets256
{
    // The first crossing of the iso value. It is shaded when it is found, since its voxels are at hand then: a lane gathers
    // (crossing or NaN, diffuse light, highlight), and knows where its ray entered.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Isosurface<TVoxel>(RayJob job, TileWorker worker, Packet* r, float until) where TVoxel : struct
    {
        var s = job.Settings;
        var data = worker.Window.Data;
        var visible = worker.Window.Visible;
        var scratch = worker.Scratch;
        var addresses = Lanes256.Addresses.Made;
        var step = Vector256.Create(s.Step);
        var inverse = Vector256.Create(1 / s.Step);
        var iso = Vector256.Create(s.IsoValue - BlockWindow.BiasOf(job.Volume.Type));
        var end = Vector256.MinNative(r->End, Vector256.Create(until));
        var nan = Vector256.Create(float.NaN);
        var (t, hitAt, before) = (r->T, r->A, r->E);
        var active = Vector256.LessThanOrEqual(t, end) & ~Vector256.Equals(hitAt, hitAt);
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
                active = Vector256.LessThanOrEqual(t, end) & ~Vector256.Equals(hitAt, hitAt);
                continue;
            }

            var value = Field<TVoxel>(data, addresses, scratch, r, t) - iso;
            var fresh = active & ~Vector256.Equals(before, before);
            if (fresh.ExtractMostSignificantBits() != 0)
            {
                var back = t - step;
                var earlier = Field<TVoxel>(data, addresses, scratch, r, back) - iso;

                // A ray's very first sample has none before it.
                var entered = Vector256.GreaterThanOrEqual(back, r->D);
                before = Vector256.ConditionalSelect(fresh, Vector256.ConditionalSelect(entered, earlier, value), before);
            }

            var crossed = active & (Vector256.LessThan(before, Vector256<float>.Zero) ^ Vector256.LessThan(value, Vector256<float>.Zero));
            if (crossed.ExtractMostSignificantBits() != 0)
            {
                var (near, far, low, high) = (t - step, t, before, value);
                for (var i = 0; i < RayProgram.Refinements; i++)
                {
                    var middle = near + (far - near) * (low / (low - high));
                    middle = Vector256.ConditionalSelect(crossed, middle, t);
                    var at = Field<TVoxel>(data, addresses, scratch, r, middle) - iso;
                    var same = ~(Vector256.LessThan(at, Vector256<float>.Zero) ^ Vector256.LessThan(low, Vector256<float>.Zero));
                    near = Vector256.ConditionalSelect(same, middle, near);
                    low = Vector256.ConditionalSelect(same, at, low);
                    far = Vector256.ConditionalSelect(same, far, middle);
                    high = Vector256.ConditionalSelect(same, high, at);
                }

                var hit = near + (far - near) * (low / (low - high));
                hitAt = Vector256.ConditionalSelect(crossed, hit, hitAt);
                hit = Vector256.ConditionalSelect(crossed, hit, t);
                var hx = Vector256.MultiplyAddEstimate(hit, r->Dx, r->Ox);
                var hy = Vector256.MultiplyAddEstimate(hit, r->Dy, r->Oy);
                var hz = Vector256.MultiplyAddEstimate(hit, r->Dz, r->Oz);
                Vector256<int> kx = Vector256.ConvertToInt32Native(hx), ky = Vector256.ConvertToInt32Native(hy), kz = Vector256.ConvertToInt32Native(hz);
                Vector256<float> gx, gy, gz;
                if (s.Smooth)
                {
                    var (boxLow, boxHigh) = RayBox.Of(job.Volume);
                    Smooth<TVoxel>(data, addresses, scratch, hx, hy, hz, boxLow, boxHigh, out gx, out gy, out gz);
                }
                else
                {
                    Samples256.Corners<TVoxel>(data, addresses.Of(kz, ky, kx), scratch, out var c);
                    Samples256.Gradient(c, hx - Vector256.ConvertToSingle(kx), hy - Vector256.ConvertToSingle(ky), hz - Vector256.ConvertToSingle(kz), out gx, out gy, out gz);
                }

                Vector256<float> ambient = Vector256<float>.One, shadow = ambient;
                if (s.Light is not null)
                {
                    Light(s.Light, s.GradientFloor, r, hx, hy, hz, gx, gy, gz, scratch, out ambient, out shadow);
                }

                Shade(s, gx, gy, gz, ambient, shadow, out var diffuse, out var shine);
                r->B = Vector256.ConditionalSelect(crossed, diffuse, r->B);
                r->C = Vector256.ConditionalSelect(crossed, shine, r->C);
            }

            before = Vector256.ConditionalSelect(active, Vector256.ConditionalSelect(hidden, nan, value), before);
            t += active & step;
            active = Vector256.LessThanOrEqual(t, end) & ~Vector256.Equals(hitAt, hitAt);
        }

        (r->T, r->A, r->E) = (t, hitAt, before);
        var alive = Vector256.LessThanOrEqual(t, r->End) & ~Vector256.Equals(hitAt, hitAt);
        return Lanes256.Least(Vector256.ConditionalSelect(alive, t, Vector256.Create(float.PositiveInfinity)));
    }
}
