using System.Numerics;
using System.Runtime.CompilerServices;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;

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

    private sealed record Key(string Prefix, VolumeMode Mode, double Iso, TransferFunction Transfer, ClipBox? Clip, Band? DepthClip, (SliceCut, SlicePlane)? Cut);

    private sealed record Cells(PyramidLevel Level, float[] Opacity, byte[] Ambient);

    /// <summary>The field for a view; its coordinates are those of the level that is drawn.</summary>
    public async Task<LightField> OfAsync(VolumeInfo volume, VolumeReader reader, PyramidLevel drawn, Dataset dataset, ViewState view, RayFrame frame, CancellationToken ct)
    {
        var key = new Key(
            volume.Prefix, view.Mode, view.Mode == VolumeMode.Isosurface ? view.IsoValue : 0, view.Transfer, view.Clip, view.DepthClip,
            view.Cut is { } cut ? (cut, SlicePlane.Of(view, cut.Along)) : null);
        var (level, opacity, ambient) = await KeptAsync(key, () => MakeAsync(volume, reader, dataset, view), ct);
        var transform = volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        var toLight = transform.ToVoxel(frame.ToKeyLight);
        var scale = new Vector3((float)drawn.FactorX / level.FactorX, (float)drawn.FactorY / level.FactorY, (float)drawn.FactorZ / level.FactorZ);
        var s = level.Shape;
        return LightField.Of(
            opacity, ambient, s.Z, s.Y, s.X, Vector3.Normalize(new Vector3((float)toLight.X, (float)toLight.Y, (float)toLight.Z)), scale, 0.5f * scale - new Vector3(0.5f));
    }

    /// <summary>Forgets volumes below a prefix.</summary>
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
                cells = new(() => Task.Run(make));
                _kept.AddFirst((key, cells));
                if (_kept.Count > Kept)
                {
                    _kept.RemoveLast();
                }
            }
        }

        return await cells.Value.WaitAsync(ct);
    }

    private async Task<Cells> MakeAsync(VolumeInfo volume, VolumeReader reader, Dataset dataset, ViewState view)
    {
        var level = reader.Levels.FirstOrDefault(l => l.Shape.Count <= MostCells) ?? reader.Levels[^1];
        var (n, b, s) = (level.BrickCount, level.Brick, level.Shape);
        var opacityOf = OpacityOf(volume, level, view);
        var planes = RayLook.PlanesOf(dataset, view, volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX));
        var opacity = new float[s.Count];
        await Parallel.ForAsync(0, (int)n.Count, async (i, ct) =>
        {
            int bz = (int)(i / n.SliceCount), by = (int)(i / n.X % n.Y), bx = i % n.X;
            Fill(opacity, s, await cache.GetAsync(volume, new BrickIndex(level.Number, bz, by, bx), ct), bz * b.Z, by * b.Y, bx * b.X, opacityOf, planes);
        });
        return new Cells(level, opacity, LightField.Ambient(opacity, s.Z, s.Y, s.X));
    }

    // What is cut off holds nothing back.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill(float[] opacity, VolumeShape shape, Brick brick, int z0, int y0, int x0, Func<float, float> opacityOf, IReadOnlyList<Vector4> planes)
    {
        for (var z = 0; z < brick.Z; z++)
        {
            for (var y = 0; y < brick.Y; y++)
            {
                var row = opacity.AsSpan((int)(((long)(z0 + z) * shape.Y + y0 + y) * shape.X) + x0, brick.X);
                for (var x = 0; x < brick.X; x++)
                {
                    row[x] = IsKept(new Vector4(x0 + x, y0 + y, z0 + z, 1)) ? opacityOf(brick.At(z, y, x)) : 0;
                }
            }
        }

        bool IsKept(Vector4 p)
        {
            for (var i = 0; i < planes.Count; i++)
            {
                if (Vector4.Dot(planes[i], p) < 0)
                {
                    return false;
                }
            }

            return true;
        }
    }

    private static Func<float, float> OpacityOf(VolumeInfo volume, PyramidLevel level, ViewState view)
    {
        if (view.Mode == VolumeMode.Isosurface)
        {
            var (iso, reach) = ((float)view.IsoValue, (float)Math.Max(SurfaceShare * (volume.Most - volume.Least), 1e-30));
            return v => SurfaceOpacity * Math.Max(0, 1 - Math.Abs(PagedVolume.Finite(v) - iso) / reach);
        }

        var table = view.Transfer.ToTable(volume.Least, volume.Most, level.FactorX);
        return v => table.Alpha(PagedVolume.Finite(v));
    }
}
