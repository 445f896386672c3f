// Made from RaycastPackets512.Projection.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Maximum, minimum and mean.
internal static unsafe partial class RaycastPackets128
{
    // Largest, smallest or mean value: a lane gathers (largest or smallest or sum, samples).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Project<TVoxel>(RayJob job, TileWorker worker, Packet* r, float until) where TVoxel : struct
    {
        var s = job.Settings;
        var data = worker.Window.Data;
        var scratch = worker.Scratch;
        var addresses = Lanes128.Addresses.Made;
        var step = Vector128.Create(s.Step);
        var bias = Vector128.Create(BlockWindow.BiasOf(job.Volume.Type));
        var end = Vector128.MinNative(r->End, Vector128.Create(until));
        var (t, sum, count) = (r->T, r->A, r->B);
        var active = Vector128.LessThanOrEqual(t, end);
        while (active.ExtractMostSignificantBits() != 0)
        {
            var px = Vector128.MultiplyAddEstimate(t, r->Dx, r->Ox);
            var py = Vector128.MultiplyAddEstimate(t, r->Dy, r->Oy);
            var pz = Vector128.MultiplyAddEstimate(t, r->Dz, r->Oz);
            var ix = Vector128.ConvertToInt32Native(px);
            var iy = Vector128.ConvertToInt32Native(py);
            var iz = Vector128.ConvertToInt32Native(pz);
            Samples128.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
            var value = bias + Samples128.Interpolate(c, px - Vector128.ConvertToSingle(ix), py - Vector128.ConvertToSingle(iy), pz - Vector128.ConvertToSingle(iz));
            var joined = s.Mode switch { RayMode.Maximum => Vector128.MaxNative(sum, value), RayMode.Minimum => Vector128.MinNative(sum, value), _ => sum + value };
            sum = Vector128.ConditionalSelect(active, joined, sum);
            count += active & Vector128<float>.One;
            t += active & step;
            active = Vector128.LessThanOrEqual(t, end);
        }

        (r->T, r->A, r->B) = (t, sum, count);
        return Lanes128.Least(Vector128.ConditionalSelect(Vector128.LessThanOrEqual(t, r->End), t, Vector128.Create(float.PositiveInfinity)));
    }
}
