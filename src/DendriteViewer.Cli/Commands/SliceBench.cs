using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Scheduling;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Cli.Commands;

/// <summary>
/// Times slices of P×P pixels through a cube of N³ voxels: oblique ones, each frame turned by 3° and moved by a voxel, and curved ones
/// along a made-up interface, each a voxel deeper. Beside them stands what memory allows: the bytes that an oblique slice touches, and
/// the bytes a second that a plain copy on all threads reads and writes.
/// </summary>
/// <param name="N">Voxels each way.</param>
/// <param name="Pixels">Pixels each way.</param>
internal sealed record SliceBench(int N, int Pixels)
{
    private const int Frames = 9;
    private const int Warm = 10 * BenchCommand.FramesBefore;

    // Memory comes in lines.
    private const int LineBytes = 64;
    private const int CopiedBytes = 1 << 28;

    // What devices know the volume by.
    private const string Bench = "bench";

    /// <summary>Adds milliseconds, megabytes and gigabytes a second to a result.</summary>
    public void Run(byte[] bytes, RenderDevices devices, Dictionary<string, object> result)
    {
        var volume = PagedVolume.FromDense<byte>(bytes, N, N, N);
        var target = new float[Pixels * Pixels];
        SliceRow rows = (u, v, row) => row.CopyTo(target.AsSpan(v * Pixels + u));
        var oblique = BenchCommand.Times(Frames, Warm, frame =>
        {
            var plane = Oblique(frame);
            if (!devices.TryDraw(Bench, volume.Type, d => DeviceSlicer.Render(d, volume, plane, Pixels, Pixels, rows)))
            {
                Slicer.Render(volume, plane, Pixels, Pixels, rows);
            }
        });
        var curved = BenchCommand.Times(Frames, Warm / 4, frame => CurvedSlicer.Render(volume, Curved(frame), Pixels, Pixels, rows));
        var touched = TouchedBytes(volume, Oblique(1));
        var copied = CopiedBytesASecond();
        result["slice.oblique.ms"] = Math.Round(oblique[Frames / 2], 2);
        result["slice.oblique.least.ms"] = Math.Round(oblique[0], 2);
        result["slice.oblique.MB"] = Math.Round(touched / 1e6, 2);
        result["slice.curved.ms"] = Math.Round(curved[Frames / 2], 2);
        result["copy.GBs"] = Math.Round(copied / 1e9, 1);
        result["slice.oblique.memory.ms"] = Math.Round(1000 * touched / copied, 2);
    }

    private SliceGeometry Oblique(int frame)
    {
        double a = (20 + 3 * frame) * Math.PI / 180, b = 35 * Math.PI / 180;
        var right = new VoxelVector(0, (float)Math.Sin(a), (float)Math.Cos(a));
        var down = new VoxelVector((float)Math.Sin(b), (float)(Math.Cos(a) * Math.Cos(b)), (float)(-Math.Sin(a) * Math.Cos(b)));
        var scale = (float)N / Pixels;
        var middle = new VoxelVector(N / 2f + frame, N / 2f, N / 2f);
        return new SliceGeometry(middle - N / 2f * right - N / 2f * down, scale * right, scale * down, default);
    }

    // Waves of N/64 voxels, a node each 8 voxels.
    private CurvedSliceGeometry Curved(int frame)
    {
        const int Node = 8;
        var nodes = N / Node + 2;
        var heights = new float[nodes * nodes];
        for (var i = 0; i < heights.Length; i++)
        {
            heights[i] = N / 64f * (float)(Math.Sin(0.3 * (i / nodes)) * Math.Cos(0.4 * (i % nodes)));
        }

        var scale = (float)N / Pixels;
        return new CurvedSliceGeometry(
            new VoxelVector(N / 2f + frame, 0, 0), scale * VoxelVector.UnitX, scale * VoxelVector.UnitY, VoxelVector.UnitZ,
            new HeightField(heights, nodes, nodes), (0, 0), (scale / Node, scale / Node));
    }

    // The lines of bricks that hold the eight voxels around some pixel, each counted once, and the picture that is written.
    private double TouchedBytes(PagedVolume volume, SliceGeometry plane)
    {
        var grid = volume.Grid;
        var lines = new HashSet<long>();
        for (var i = 0; i < Pixels * Pixels; i++)
        {
            var p = plane.Origin + (float)(i % Pixels) * plane.Right + (float)(i / Pixels) * plane.Down;
            if (!(p.Z >= -0.5f && p.Y >= -0.5f && p.X >= -0.5f && p.Z <= N - 0.5f && p.Y <= N - 0.5f && p.X <= N - 0.5f))
            {
                continue;
            }

            for (var corner = 0; corner < 8; corner++)
            {
                int z = At(p.Z, corner >> 2), y = At(p.Y, corner >> 1 & 1), x = At(p.X, corner & 1);
                var brick = ((z >> grid.ShiftZ) * grid.CountY + (y >> grid.ShiftY)) * grid.CountX + (x >> grid.ShiftX);
                var offset = grid.Bricks[brick]!.Offset(
                    z & ((1 << grid.ShiftZ) - 1), y & ((1 << grid.ShiftY) - 1), x & ((1 << grid.ShiftX) - 1));
                lines.Add(((long)brick << 32) | (uint)(offset / LineBytes));
            }
        }

        return (double)lines.Count * LineBytes + (double)Pixels * Pixels * sizeof(float);

        int At(float coordinate, int further) => Math.Min((int)Math.Max(coordinate, 0) + further, N - 1);
    }

    // Read and written, the best of five.
    private static double CopiedBytesASecond()
    {
        const int Parts = 64;
        byte[] from = new byte[CopiedBytes], to = new byte[CopiedBytes];
        Random.Shared.NextBytes(from.AsSpan(0, 1 << 20));
        var times = BenchCommand.Times(5, 1, _ => Parallel.For(0, Parts, ComputeLane.Options(), part =>
        {
            const int Length = CopiedBytes / Parts;
            from.AsSpan(part * Length, Length).CopyTo(to.AsSpan(part * Length));
        }));
        return 2.0 * CopiedBytes / (times[0] / 1000);
    }
}
