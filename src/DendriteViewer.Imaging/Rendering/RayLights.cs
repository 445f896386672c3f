using System.Numerics;
using System.Runtime.CompilerServices;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// Light fields for pictures at rest, from the finest level of few enough voxels. What holds light back, and the light from around, is
/// kept for the next camera; the key light moves with the eye.
/// </summary>
internal sealed class RayLights(BrickCache cache)
{
    private const long MostCells = 2_200_000;
    private const int Kept = 3;

    // Around an isosurface, as a part of the range of values; cells that it runs through hold back some of the light.
    private const double SurfaceShare = 0.08;
    private const float SurfaceOpacity = 0.6f;

    private readonly Lock _lock = new();
    private readonly LinkedList<(Key Key, Lazy<Task<Cells>> Cells)> _kept = new();

    private sealed record Key(
        string Prefix, VolumeMode Mode, double Iso, TransferFunction Transfer, ClipBox? Clip, (Band, string)? DepthClip,
        (SliceCut, SliceSheet)? Cut, string? Over, Overlay? Overlay);

    private sealed record Cells(PyramidLevel Level, float[] Opacity, byte[] Ambient);

    /// <summary>The field for a view; its coordinates are those of the level that is drawn, and what is shown over the volume counts too.</summary>
    public async Task<LightField> OfAsync(
        VolumeInfo volume, VolumeReader reader, PyramidLevel drawn, (VolumeInfo Volume, VolumeReader Reader)? over, Dataset dataset, ViewState view, RayFrame frame,
        CancellationToken ct)
    {
        var key = new Key(
            volume.CacheKey, view.Mode, view.Mode == VolumeMode.Isosurface ? view.IsoValue : 0, view.Transfer, view.Clip,
            view.DepthClip is { } d ? (d, dataset.Depth.Fingerprint) : null,
            view.Cut is { } cut ? (cut, SliceSheet.Of(view, cut.Along, dataset)) : null,
            over is { } o ? $"{o.Volume.CacheKey}#{o.Volume.Mask?.Revision}" : null, over is null ? null : view.Overlay);
        var (level, opacity, ambient) = await KeptAsync(key, () => MakeAsync(volume, reader, over, dataset, view), ct);
        var transform = volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        var toLight = transform.ToVoxel(frame.ToKeyLight);
        var scale = new VoxelVector((float)drawn.FactorZ / level.FactorZ, (float)drawn.FactorY / level.FactorY, (float)drawn.FactorX / level.FactorX);
        var s = level.Shape;
        return LightField.Of(
            opacity, ambient, s.Z, s.Y, s.X, VoxelVector.FromXyz(Vector3.Normalize(new Vector3((float)toLight.X, (float)toLight.Y, (float)toLight.Z))),
            scale, 0.5f * (scale - VoxelVector.One));
    }

    /// <summary>Forgets volumes whose cache key begins so.</summary>
    public void Forget(string prefix)
    {
        lock (_lock)
        {
            foreach (var old in _kept.Where(k => k.Key.Prefix.StartsWith(prefix, StringComparison.Ordinal)).ToArray())
            {
                _kept.Remove(old);
            }
        }
    }

    private async Task<Cells> KeptAsync(Key key, Func<Task<Cells>> make, CancellationToken ct)
    {
        Lazy<Task<Cells>> cells;
        lock (_lock)
        {
            var node = _kept.First;
            while (node is not null && node.Value.Key != key)
            {
                node = node.Next;
            }

            if (node is not null && !(node.Value.Cells is { IsValueCreated: true, Value.IsFaulted: true }))
            {
                _kept.Remove(node);
                _kept.AddFirst(node);
                cells = node.Value.Cells;
            }
            else
            {
                cells = new(() => ComputeLane.Run(make));
                _kept.AddFirst((key, cells));
                if (_kept.Count > Kept)
                {
                    _kept.RemoveLast();
                }
            }
        }

        return await cells.Value.WaitAsync(ct);
    }

    private async Task<Cells> MakeAsync(VolumeInfo volume, VolumeReader reader, (VolumeInfo Volume, VolumeReader Reader)? over, Dataset dataset, ViewState view)
    {
        var level = LevelOf(reader);
        var (n, b, s) = (level.BrickCount, level.Brick, level.Shape);
        var opacityOf = OpacityOf(volume, level, view.Mode, view.IsoValue, view.Transfer);
        var transform = volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        var clip = RayLook.ClipOf(dataset, view, transform);
        var opacity = new float[s.Count];
        await Parallel.ForAsync(0, (int)n.Count, ComputeLane.Options(), async (i, ct) =>
        {
            int bz = (int)(i / n.SliceCount), by = (int)(i / n.X % n.Y), bx = i % n.X;
            Fill(opacity, s, await cache.GetAsync(volume, new BrickIndex(level.Number, bz, by, bx), ct), bz * b.Z, by * b.Y, bx * b.X, opacityOf, clip);
        });
        if (over is { } o)
        {
            await CoverAsync(opacity, s, transform, o.Volume, o.Reader, view.Overlay!, clip);
        }

        return new Cells(level, opacity, LightField.Ambient(opacity, s.Z, s.Y, s.X));
    }

    private static PyramidLevel LevelOf(VolumeReader reader) => reader.Levels.FirstOrDefault(l => l.Shape.Count <= MostCells) ?? reader.Levels[^1];

    // What another volume holds back at each cell's centre, beside or in place of what is there.
    private async Task CoverAsync(
        float[] opacity, VolumeShape shape, AffineTransform transform, VolumeInfo volume, VolumeReader reader, Overlay overlay, ClipShape clip)
    {
        // Of a finer volume the level whose voxels are about as large as a cell; its opacity is taken for a cell's length.
        var cell = transform.VoxelSize.Least;
        var level = reader.Levels.LastOrDefault(l => volume.Transform.ForLevel(l.FactorZ, l.FactorY, l.FactorX).VoxelSize.Least <= cell * 1.01) ?? reader.Levels[0];
        level = level.Shape.Count > MostCells ? LevelOf(reader) : level;
        var own = volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        var (n, b, s) = (level.BrickCount, level.Brick, level.Shape);
        var table = overlay.Transfer.ToTable(volume.Least, volume.Most, (float)(cell / own.VoxelSize.Least * level.FactorX));
        var bricks = new Brick[n.Count];
        await Parallel.ForAsync(0, bricks.Length, ComputeLane.Options(), async (i, ct) =>
            bricks[i] = await cache.GetAsync(volume, new BrickIndex(level.Number, (int)(i / n.SliceCount), (int)(i / n.X % n.Y), i % n.X), ct));
        Parallel.For(0, shape.Z, ComputeLane.Options(), z =>
        {
            for (var y = 0; y < shape.Y; y++)
            {
                for (var x = 0; x < shape.X; x++)
                {
                    var at = own.ToVoxel(transform.ToWorld(new VoxelPoint(z + 0.5, y + 0.5, x + 0.5))).Floor();
                    if (!s.Contains(at) || !clip.IsKept(new Vector3(x, y, z)))
                    {
                        continue;
                    }

                    var brick = bricks[(at.Z / b.Z * n.Y + at.Y / b.Y) * n.X + at.X / b.X];
                    var a = table.Alpha(PagedVolume.Finite(brick.At(at.Z % b.Z, at.Y % b.Y, at.X % b.X)));
                    ref var cellOpacity = ref opacity[((long)z * shape.Y + y) * shape.X + x];
                    cellOpacity = overlay.Replaces ? a : 1 - (1 - a) * (1 - cellOpacity);
                }
            }
        });
    }

    // What is cut off holds nothing back.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill(float[] opacity, VolumeShape shape, Brick brick, int z0, int y0, int x0, Func<float, float> opacityOf, ClipShape clip)
    {
        for (var z = 0; z < brick.Z; z++)
        {
            for (var y = 0; y < brick.Y; y++)
            {
                var row = opacity.AsSpan((int)(((long)(z0 + z) * shape.Y + y0 + y) * shape.X) + x0, brick.X);
                for (var x = 0; x < brick.X; x++)
                {
                    row[x] = clip.IsKept(new Vector3(x0 + x, y0 + y, z0 + z)) ? opacityOf(brick.At(z, y, x)) : 0;
                }
            }
        }
    }

    private static Func<float, float> OpacityOf(VolumeInfo volume, PyramidLevel level, VolumeMode mode, double isoValue, TransferFunction transfer)
    {
        if (mode == VolumeMode.Isosurface)
        {
            var (iso, reach) = ((float)isoValue, (float)Math.Max(SurfaceShare * (volume.Most - volume.Least), 1e-30));
            return v => SurfaceOpacity * Math.Max(0, 1 - Math.Abs(PagedVolume.Finite(v) - iso) / reach);
        }

        var table = transfer.ToTable(volume.Least, volume.Most, level.FactorX);
        return v => table.Alpha(PagedVolume.Finite(v));
    }
}
