using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Maximum, minimum and mean.
internal static unsafe partial class RaycastPackets512
{
    // Largest, smallest or mean value: a lane gathers (largest or smallest or sum, samples).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Project<TVoxel>(RayJob job, TileWorker worker, Packet* r, float until) where TVoxel : struct
    {
        var s = job.Settings;
        var data = worker.Window.Data;
        var scratch = worker.Scratch;
        var addresses = Lanes512.Addresses.Made;
        var step = Vector512.Create(s.Step);
        var bias = Vector512.Create(BlockWindow.BiasOf(job.Volume.Type));
        var end = Vector512.MinNative(r->End, Vector512.Create(until));
        var (t, sum, count) = (r->T, r->A, r->B);
        var active = Vector512.LessThanOrEqual(t, end);
        while (active.ExtractMostSignificantBits() != 0)
        {
            var px = Vector512.MultiplyAddEstimate(t, r->Dx, r->Ox);
            var py = Vector512.MultiplyAddEstimate(t, r->Dy, r->Oy);
            var pz = Vector512.MultiplyAddEstimate(t, r->Dz, r->Oz);
            var ix = Vector512.ConvertToInt32Native(px);
            var iy = Vector512.ConvertToInt32Native(py);
            var iz = Vector512.ConvertToInt32Native(pz);
            Samples512.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
            var value = bias + Samples512.Interpolate(c, px - Vector512.ConvertToSingle(ix), py - Vector512.ConvertToSingle(iy), pz - Vector512.ConvertToSingle(iz));
            var joined = s.Mode switch { RayMode.Maximum => Vector512.MaxNative(sum, value), RayMode.Minimum => Vector512.MinNative(sum, value), _ => sum + value };
            sum = Vector512.ConditionalSelect(active, joined, sum);
            count += active & Vector512<float>.One;
            t += active & step;
            active = Vector512.LessThanOrEqual(t, end);
        }

        (r->T, r->A, r->B) = (t, sum, count);
        return Lanes512.Least(Vector512.ConditionalSelect(Vector512.LessThanOrEqual(t, r->End), t, Vector512.Create(float.PositiveInfinity)));
    }
}
