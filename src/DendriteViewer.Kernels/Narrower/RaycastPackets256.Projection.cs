// Made from RaycastPackets512.Projection.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Maximum, minimum and mean.
internal static unsafe partial class RaycastPackets256
{
    // Largest, smallest or mean value: a lane gathers (largest or smallest or sum, samples).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Project<TVoxel>(RayJob job, TileWorker worker, Packet* r, float until) where TVoxel : struct
    {
        var s = job.Settings;
        var data = worker.Window.Data;
        var scratch = worker.Scratch;
        var addresses = Lanes256.Addresses.Made;
        var step = Vector256.Create(s.Step);
        var bias = Vector256.Create(BlockWindow.BiasOf(job.Volume.Type));
        var end = Vector256.MinNative(r->End, Vector256.Create(until));
        var (t, sum, count) = (r->T, r->A, r->B);
        var active = Vector256.LessThanOrEqual(t, end);
        while (active.ExtractMostSignificantBits() != 0)
        {
            var px = Vector256.MultiplyAddEstimate(t, r->Dx, r->Ox);
            var py = Vector256.MultiplyAddEstimate(t, r->Dy, r->Oy);
            var pz = Vector256.MultiplyAddEstimate(t, r->Dz, r->Oz);
            var ix = Vector256.ConvertToInt32Native(px);
            var iy = Vector256.ConvertToInt32Native(py);
            var iz = Vector256.ConvertToInt32Native(pz);
            Samples256.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
            var value = bias + Samples256.Interpolate(c, px - Vector256.ConvertToSingle(ix), py - Vector256.ConvertToSingle(iy), pz - Vector256.ConvertToSingle(iz));
            var joined = s.Mode switch { RayMode.Maximum => Vector256.MaxNative(sum, value), RayMode.Minimum => Vector256.MinNative(sum, value), _ => sum + value };
            sum = Vector256.ConditionalSelect(active, joined, sum);
            count += active & Vector256<float>.One;
            t += active & step;
            active = Vector256.LessThanOrEqual(t, end);
        }

        (r->T, r->A, r->B) = (t, sum, count);
        return Lanes256.Least(Vector256.ConditionalSelect(Vector256.LessThanOrEqual(t, r->End), t, Vector256.Create(float.PositiveInfinity)));
    }
}
