using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Isosurfaces.
internal static unsafe partial class RaycastPackets512
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
        var addresses = Lanes512.Addresses.Made;
        var step = Vector512.Create(s.Step);
        var inverse = Vector512.Create(1 / s.Step);
        var iso = Vector512.Create(s.IsoValue - BlockWindow.BiasOf(job.Volume.Type));
        var end = Vector512.MinNative(r->End, Vector512.Create(until));
        var nan = Vector512.Create(float.NaN);
        var (t, hitAt, before) = (r->T, r->A, r->E);
        var active = Vector512.LessThanOrEqual(t, end) & ~Vector512.Equals(hitAt, hitAt);
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
                active = Vector512.LessThanOrEqual(t, end) & ~Vector512.Equals(hitAt, hitAt);
                continue;
            }

            var value = Field<TVoxel>(data, addresses, scratch, r, t) - iso;
            var fresh = active & ~Vector512.Equals(before, before);
            if (fresh.ExtractMostSignificantBits() != 0)
            {
                var back = t - step;
                var earlier = Field<TVoxel>(data, addresses, scratch, r, back) - iso;

                // A ray's very first sample has none before it.
                var entered = Vector512.GreaterThanOrEqual(back, r->D);
                before = Vector512.ConditionalSelect(fresh, Vector512.ConditionalSelect(entered, earlier, value), before);
            }

            var crossed = active & (Vector512.LessThan(before, Vector512<float>.Zero) ^ Vector512.LessThan(value, Vector512<float>.Zero));
            if (crossed.ExtractMostSignificantBits() != 0)
            {
                var (near, far, low, high) = (t - step, t, before, value);
                for (var i = 0; i < RayProgram.Refinements; i++)
                {
                    var middle = near + (far - near) * (low / (low - high));
                    middle = Vector512.ConditionalSelect(crossed, middle, t);
                    var at = Field<TVoxel>(data, addresses, scratch, r, middle) - iso;
                    var same = ~(Vector512.LessThan(at, Vector512<float>.Zero) ^ Vector512.LessThan(low, Vector512<float>.Zero));
                    near = Vector512.ConditionalSelect(same, middle, near);
                    low = Vector512.ConditionalSelect(same, at, low);
                    far = Vector512.ConditionalSelect(same, far, middle);
                    high = Vector512.ConditionalSelect(same, high, at);
                }

                var hit = near + (far - near) * (low / (low - high));
                hitAt = Vector512.ConditionalSelect(crossed, hit, hitAt);
                hit = Vector512.ConditionalSelect(crossed, hit, t);
                var hx = Vector512.MultiplyAddEstimate(hit, r->Dx, r->Ox);
                var hy = Vector512.MultiplyAddEstimate(hit, r->Dy, r->Oy);
                var hz = Vector512.MultiplyAddEstimate(hit, r->Dz, r->Oz);
                Vector512<int> kx = Vector512.ConvertToInt32Native(hx), ky = Vector512.ConvertToInt32Native(hy), kz = Vector512.ConvertToInt32Native(hz);
                Vector512<float> gx, gy, gz;
                if (s.Smooth)
                {
                    var (boxLow, boxHigh) = RayBox.Of(job.Volume);
                    Smooth<TVoxel>(data, addresses, scratch, hx, hy, hz, boxLow, boxHigh, out gx, out gy, out gz);
                }
                else
                {
                    Samples512.Corners<TVoxel>(data, addresses.Of(kz, ky, kx), scratch, out var c);
                    Samples512.Gradient(c, hx - Vector512.ConvertToSingle(kx), hy - Vector512.ConvertToSingle(ky), hz - Vector512.ConvertToSingle(kz), out gx, out gy, out gz);
                }

                Vector512<float> ambient = Vector512<float>.One, shadow = ambient;
                if (s.Light is not null)
                {
                    Light(s.Light, s.GradientFloor, r, hx, hy, hz, gx, gy, gz, scratch, out ambient, out shadow);
                }

                Shade(s, gx, gy, gz, ambient, shadow, out var diffuse, out var shine);
                r->B = Vector512.ConditionalSelect(crossed, diffuse, r->B);
                r->C = Vector512.ConditionalSelect(crossed, shine, r->C);
            }

            before = Vector512.ConditionalSelect(active, Vector512.ConditionalSelect(hidden, nan, value), before);
            t += active & step;
            active = Vector512.LessThanOrEqual(t, end) & ~Vector512.Equals(hitAt, hitAt);
        }

        (r->T, r->A, r->E) = (t, hitAt, before);
        var alive = Vector512.LessThanOrEqual(t, r->End) & ~Vector512.Equals(hitAt, hitAt);
        return Lanes512.Least(Vector512.ConditionalSelect(alive, t, Vector512.Create(float.PositiveInfinity)));
    }
}
