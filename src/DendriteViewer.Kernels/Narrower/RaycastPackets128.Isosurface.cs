// Made from RaycastPackets512.Isosurface.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Isosurfaces.
internal static unsafe partial class RaycastPackets128
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
        var addresses = Lanes128.Addresses.Made;
        var step = Vector128.Create(s.Step);
        var inverse = Vector128.Create(1 / s.Step);
        var iso = Vector128.Create(s.IsoValue - BlockWindow.BiasOf(job.Volume.Type));
        var end = Vector128.MinNative(r->End, Vector128.Create(until));
        var nan = Vector128.Create(float.NaN);
        var (t, hitAt, before) = (r->T, r->A, r->E);
        var active = Vector128.LessThanOrEqual(t, end) & ~Vector128.Equals(hitAt, hitAt);
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
                active = Vector128.LessThanOrEqual(t, end) & ~Vector128.Equals(hitAt, hitAt);
                continue;
            }

            var value = Field<TVoxel>(data, addresses, scratch, r, t) - iso;
            var fresh = active & ~Vector128.Equals(before, before);
            if (fresh.ExtractMostSignificantBits() != 0)
            {
                var back = t - step;
                var earlier = Field<TVoxel>(data, addresses, scratch, r, back) - iso;

                // A ray's very first sample has none before it.
                var entered = Vector128.GreaterThanOrEqual(back, r->D);
                before = Vector128.ConditionalSelect(fresh, Vector128.ConditionalSelect(entered, earlier, value), before);
            }

            var crossed = active & (Vector128.LessThan(before, Vector128<float>.Zero) ^ Vector128.LessThan(value, Vector128<float>.Zero));
            if (crossed.ExtractMostSignificantBits() != 0)
            {
                var (near, far, low, high) = (t - step, t, before, value);
                for (var i = 0; i < RayProgram.Refinements; i++)
                {
                    var middle = near + (far - near) * (low / (low - high));
                    middle = Vector128.ConditionalSelect(crossed, middle, t);
                    var at = Field<TVoxel>(data, addresses, scratch, r, middle) - iso;
                    var same = ~(Vector128.LessThan(at, Vector128<float>.Zero) ^ Vector128.LessThan(low, Vector128<float>.Zero));
                    near = Vector128.ConditionalSelect(same, middle, near);
                    low = Vector128.ConditionalSelect(same, at, low);
                    far = Vector128.ConditionalSelect(same, far, middle);
                    high = Vector128.ConditionalSelect(same, high, at);
                }

                var hit = near + (far - near) * (low / (low - high));
                hitAt = Vector128.ConditionalSelect(crossed, hit, hitAt);
                hit = Vector128.ConditionalSelect(crossed, hit, t);
                var hx = Vector128.MultiplyAddEstimate(hit, r->Dx, r->Ox);
                var hy = Vector128.MultiplyAddEstimate(hit, r->Dy, r->Oy);
                var hz = Vector128.MultiplyAddEstimate(hit, r->Dz, r->Oz);
                Vector128<int> kx = Vector128.ConvertToInt32Native(hx), ky = Vector128.ConvertToInt32Native(hy), kz = Vector128.ConvertToInt32Native(hz);
                Vector128<float> gx, gy, gz;
                if (s.Smooth)
                {
                    var (boxLow, boxHigh) = RayBox.Of(job.Volume);
                    Smooth<TVoxel>(data, addresses, scratch, hx, hy, hz, boxLow, boxHigh, out gx, out gy, out gz);
                }
                else
                {
                    Samples128.Corners<TVoxel>(data, addresses.Of(kz, ky, kx), scratch, out var c);
                    Samples128.Gradient(c, hx - Vector128.ConvertToSingle(kx), hy - Vector128.ConvertToSingle(ky), hz - Vector128.ConvertToSingle(kz), out gx, out gy, out gz);
                }

                Vector128<float> ambient = Vector128<float>.One, shadow = ambient;
                if (s.Light is not null)
                {
                    Light(s.Light, s.GradientFloor, r, hx, hy, hz, gx, gy, gz, scratch, out ambient, out shadow);
                }

                Shade(s, gx, gy, gz, ambient, shadow, out var diffuse, out var shine);
                r->B = Vector128.ConditionalSelect(crossed, diffuse, r->B);
                r->C = Vector128.ConditionalSelect(crossed, shine, r->C);
            }

            before = Vector128.ConditionalSelect(active, Vector128.ConditionalSelect(hidden, nan, value), before);
            t += active & step;
            active = Vector128.LessThanOrEqual(t, end) & ~Vector128.Equals(hitAt, hitAt);
        }

        (r->T, r->A, r->E) = (t, hitAt, before);
        var alive = Vector128.LessThanOrEqual(t, r->End) & ~Vector128.Equals(hitAt, hitAt);
        return Lanes128.Least(Vector128.ConditionalSelect(alive, t, Vector128.Create(float.PositiveInfinity)));
    }
}
