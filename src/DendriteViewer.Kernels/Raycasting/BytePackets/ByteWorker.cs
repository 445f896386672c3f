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
    private ByteJobs512? _jobs512;
    private ByteJobs256? _jobs256;

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
    public ByteJobs512 Jobs512 => _jobs512 ??= new ByteJobs512();

    /// <inheritdoc cref="Jobs512"/>
    public ByteJobs256 Jobs256 => _jobs256 ??= new ByteJobs256();

    /// <summary>The layer that is drawn and the one behind it, in turn.</summary>
    public ByteLayer[] Layers { get; } = [new(), new()];

    /// <summary>Room for the packets of a tile.</summary>
    public BytePacket512* Packets512 { get; } =
        (BytePacket512*)NativeMemory.AlignedAlloc((nuint)(ByteLayer.MostPackets * sizeof(BytePacket512)), 64);

    /// <summary>The same room.</summary>
    public BytePacket256* Packets256 => (BytePacket256*)Packets512;

    /// <summary>What the other packets need, for tiles that these leave to them.</summary>
    public TileWorker Other => _other ??= TileWorker.Rent(_volume);

    /// <inheritdoc/>
    public void Dispose()
    {
        Window.Dispose();
        Tables.Dispose();
        Plan.Dispose();
        _jobs512?.Dispose();
        _jobs256?.Dispose();
        Array.ForEach(Layers, l => l.Dispose());
        NativeMemory.AlignedFree(Packets512);
        GC.SuppressFinalize(this);
    }

    ~ByteWorker() => NativeMemory.AlignedFree(Packets512);
}
