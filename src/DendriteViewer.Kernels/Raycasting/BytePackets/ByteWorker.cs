using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>What one thread needs to draw tiles in byte packets, kept from picture to picture.</summary>
internal sealed unsafe class ByteWorker : IDisposable
{
    private static readonly ConcurrentBag<ByteWorker> s_idle = [];

    private PagedVolume _volume = null!;
    private TileWorker? _other;

    private ByteWorker()
    {
    }

    /// <summary>A worker for one thread, turned to a volume and a transfer function.</summary>
    public static ByteWorker Rent(PagedVolume volume, ByteTransfer transfer)
    {
        var worker = s_idle.TryTake(out var kept) ? kept : new ByteWorker();
        worker._volume = volume;
        worker.Window.Open(volume, transfer.Mapping);
        return worker;
    }

    /// <summary>Gives a worker back.</summary>
    public static void Return(ByteWorker worker)
    {
        if (worker._other is { } other)
        {
            TileWorker.Return(other);
            worker._other = null;
        }

        s_idle.Add(worker);
    }

    /// <summary>The bytes around the tile's next planes.</summary>
    public ByteWindow Window { get; } = new();

    /// <summary>The transfer function's tables.</summary>
    public ByteTables Tables { get; } = new();

    /// <summary>The tile's planes.</summary>
    public SlicePlan Plan { get; } = new();

    /// <summary>Where its packets are.</summary>
    public ByteJobs Jobs { get; } = new();

    /// <summary>The layer that is drawn and the one behind it, in turn.</summary>
    public ByteLayer[] Layers { get; } = [new(), new()];

    /// <summary>Room for the packets of a tile.</summary>
    public BytePacket* Packets { get; } = (BytePacket*)NativeMemory.AlignedAlloc((nuint)(ByteJobs.Most * sizeof(BytePacket)), 64);

    /// <summary>What the other packets need, for tiles that these leave to them.</summary>
    public TileWorker Other => _other ??= TileWorker.Rent(_volume);

    /// <inheritdoc/>
    public void Dispose()
    {
        Window.Dispose();
        Tables.Dispose();
        Plan.Dispose();
        Jobs.Dispose();
        Array.ForEach(Layers, l => l.Dispose());
        NativeMemory.AlignedFree(Packets);
        GC.SuppressFinalize(this);
    }

    ~ByteWorker() => NativeMemory.AlignedFree(Packets);
}
