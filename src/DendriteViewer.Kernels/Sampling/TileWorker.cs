using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>What one thread needs to draw tiles, kept from picture to picture: a window of blocks, packets, and scratch.</summary>
internal sealed unsafe class TileWorker : IDisposable
{
    /// <summary>Pixels of the largest tile of rays each way.</summary>
    public const int MostTile = 32;

    private static readonly ConcurrentBag<TileWorker> s_idle = [];

    private VoxelWindow? _voxels;

    private TileWorker()
    {
    }

    /// <summary>A worker for one thread, turned to a volume.</summary>
    public static TileWorker Rent(PagedVolume volume, BlockSheet? sheet = null)
    {
        var worker = Idle();
        worker.Window.Open(volume, sheet ?? BlockSheet.Everything);
        return worker;
    }

    /// <summary>A worker for one thread with <see cref="Voxels"/> turned to a volume; it has no window of blocks.</summary>
    public static TileWorker RentVoxels(PagedVolume volume)
    {
        var worker = Idle();
        worker.Voxels.Open(volume);
        return worker;
    }

    /// <summary>A worker for one thread, a window turned to each volume.</summary>
    public static TileWorker Rent(ReadOnlySpan<RayLayer> layers)
    {
        var worker = Rent(layers[0].Volume);
        for (var i = 1; i < layers.Length; i++)
        {
            if (worker.Windows.Count == i)
            {
                worker.Windows.Add(new BlockWindow());
            }

            worker.Windows[i].Open(layers[i].Volume, BlockSheet.Everything);
        }

        return worker;
    }

    private static TileWorker Idle() => s_idle.TryTake(out var kept) ? kept : new TileWorker();

    /// <summary>Gives a worker back.</summary>
    public static void Return(TileWorker worker) => s_idle.Add(worker);

    // The widest packet: sixteen vectors of 16 floats, for 16 rays; the narrower ones need no more for a tile.
    private const int BytesARay = 16 * sizeof(float);

    /// <summary>The voxels around the tile's next samples.</summary>
    public BlockWindow Window => Windows[0];

    /// <summary>The raw voxels around a tile of a slice; made when it is first asked for.</summary>
    public VoxelWindow Voxels => _voxels ??= new VoxelWindow();

    /// <summary>The same for every volume of a picture.</summary>
    public List<BlockWindow> Windows { get; } = [new()];

    /// <summary>Room for the packets of a tile.</summary>
    public byte* Packets { get; } = (byte*)NativeMemory.AlignedAlloc(MostTile * MostTile * BytesARay + 64 * 64, 64);

    /// <summary>Room for one vector of integers.</summary>
    public int* Scratch { get; } = (int*)NativeMemory.AlignedAlloc(256, 64);

    /// <inheritdoc/>
    public void Dispose()
    {
        Windows.ForEach(w => w.Dispose());
        _voxels?.Dispose();
        NativeMemory.AlignedFree(Packets);
        NativeMemory.AlignedFree(Scratch);
        GC.SuppressFinalize(this);
    }

    ~TileWorker() => Dispose();
}
