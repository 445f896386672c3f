using System.Runtime.CompilerServices;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;

namespace DendriteViewer.Kernels.Devices;

/// <summary>
/// Paged volumes in a device's memory: their bricks in a <see cref="BrickPool"/>, their page tables, and what rays skip and show. What a
/// picture needs is uploaded when it is drawn, or ahead; what has no room, or no time while the picture moves, is stood in for by
/// coarser bricks, as on the host.
/// </summary>
public sealed class DeviceVolumes : IDisposable
{
    private readonly Lock _lock = new();
    private readonly BrickPool _pool;
    private readonly ConditionalWeakTable<PagedVolume, Table> _tables = [];
    private readonly ConditionalWeakTable<EmptySpace, DeviceBuffer[]> _spaces = [];
    private readonly ConditionalWeakTable<TransferTable, DeviceBuffer[]> _transfers = [];
    private readonly SortedSet<long> _drawing = [];
    private long _pictures;

    /// <param name="device">The device; it is disposed with this.</param>
    /// <param name="budgetBytes">Bytes of its memory for bricks, held from the start; cut to the largest buffer that the device gives.</param>
    /// <exception cref="ComputeException">It has not so much memory left.</exception>
    public DeviceVolumes(ComputeDevice device, long budgetBytes)
    {
        Device = device;
        _pool = new BrickPool(device, Math.Min(budgetBytes, device.Info.MostBufferBytes));
    }

    /// <summary>The device.</summary>
    public ComputeDevice Device { get; }

    /// <summary>Bytes that bricks may take.</summary>
    public long BudgetBytes => _pool.BudgetBytes;

    /// <summary>Bytes that they take.</summary>
    public long Bytes => _pool.Bytes;

    /// <summary>A volume's level as the kernels read it; Sampling.cl has the same.</summary>
    internal readonly record struct DeviceLevel(
        int Z, int Y, int X, int ShiftZ, int ShiftY, int ShiftX, int HalvingsZ, int HalvingsY, int HalvingsX, int CountY, int CountX, int Pages, int StepZ, int StepY,
        int TilesY, int TilesX);

    // The page table of a volume as it was when made.
    private sealed class Table(BrickPool.Place?[] places, long evictions, bool isComplete, DeviceBuffer levels, DeviceBuffer pages)
    {
        public BrickPool.Place?[] Places => places;

        public long Evictions => evictions;

        public bool IsComplete => isComplete;

        public DeviceBuffer Levels => levels;

        public DeviceBuffer Pages => pages;
    }

    /// <summary>A volume while a picture of it is drawn; dispose it when the picture is there.</summary>
    internal readonly struct Entered(DeviceVolumes owner, long picture, DeviceBuffer levels, DeviceBuffer pages, bool isComplete) : IDisposable
    {
        /// <summary>The levels, <see cref="DeviceLevel"/> each.</summary>
        public DeviceBuffer Levels => levels;

        /// <summary>The page table of all levels.</summary>
        public DeviceBuffer Pages => pages;

        /// <summary>Whether every brick that the host has is on the device.</summary>
        public bool IsComplete => isComplete;

        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._drawing.Remove(picture);
            }
        }
    }

    /// <summary>The bricks of every volume here.</summary>
    internal DeviceBuffer Pool => _pool.Buffer;

    /// <summary>Makes a volume ready for a picture.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="mostUpload">Bytes that may be uploaded for it now, coarse levels first; the coarsest always is.</param>
    internal Entered Enter(PagedVolume volume, long mostUpload)
    {
        lock (_lock)
        {
            var picture = ++_pictures;
            _drawing.Add(picture);
            try
            {
                var table = Known(volume, picture) ?? Make(volume, picture, mostUpload);
                return new Entered(this, picture, table.Levels, table.Pages, table.IsComplete);
            }
            catch
            {
                _drawing.Remove(picture);
                throw;
            }
        }
    }

    /// <summary>Uploads bricks that a later picture will need, while there is room without letting any other go.</summary>
    /// <returns>False where there was no more room.</returns>
    public bool LoadAhead(IEnumerable<Brick> bricks)
    {
        foreach (var brick in bricks)
        {
            // Brick by brick, so that pictures are drawn in between.
            lock (_lock)
            {
                if (_pool.Find(brick) is null && _pool.Add(brick, 0, _drawing.Count > 0 ? _drawing.Min : _pictures + 1, mayEvict: false) is null)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>What rays skip and what they show, on the device; made once and kept as long as the host keeps them.</summary>
    internal (DeviceBuffer OfBrick, DeviceBuffer Maps, DeviceBuffer Table, DeviceBuffer Sums) Look(EmptySpace empty, TransferTable transfer)
    {
        lock (_lock)
        {
            var space = _spaces.GetValue(empty, e => [Device.Upload<int>(e.OfBrick), Device.Upload<byte>(e.Maps)]);
            var shown = _transfers.GetValue(transfer, t => [Device.Upload<long>(t.Entries), Device.Upload<int>(t.Sums)]);
            return (space[0], space[1], shown[0], shown[1]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _pool.Dispose();
            Device.Dispose();
        }
    }

    private Table? Known(PagedVolume volume, long picture)
    {
        if (!_tables.TryGetValue(volume, out var table) || !table.IsComplete || table.Evictions != _pool.Evictions)
        {
            return null;
        }

        foreach (var place in table.Places)
        {
            if (place is not null)
            {
                _pool.Use(place, picture);
            }
        }

        return table;
    }

    private Table Make(PagedVolume volume, long picture, long mostUpload)
    {
        var levels = volume.Levels;
        var described = new DeviceLevel[levels.Count];
        var first = new int[levels.Count + 1];
        for (var l = 0; l < levels.Count; l++)
        {
            first[l + 1] = first[l] + levels[l].CountZ * levels[l].CountY * levels[l].CountX;
            described[l] = Describe(levels[l], first[l]);
        }

        var places = new BrickPool.Place?[first[^1]];
        var pages = new uint[first[^1]];
        Array.Fill(pages, BrickPool.Missing);

        // What is here first, so that making room for the rest does not let it go; then coarse levels, which stand in for finer ones.
        for (var i = 0; i < 2; i++)
        {
            for (var l = levels.Count - 1; l >= 0; l--)
            {
                var bricks = levels[l].Bricks;
                for (var b = 0; b < first[l + 1] - first[l]; b++)
                {
                    if (bricks[b] is not { } brick || places[first[l] + b] is not null)
                    {
                        continue;
                    }

                    var place = _pool.Find(brick);
                    if (place is not null)
                    {
                        _pool.Use(place, picture);
                    }
                    else if (i == 1 && (mostUpload > 0 || l == levels.Count - 1))
                    {
                        mostUpload -= brick.Data.LongLength;
                        place = _pool.Add(brick, picture, _drawing.Min, mayEvict: true);
                    }

                    places[first[l] + b] = place;
                    pages[first[l] + b] = place?.Page ?? BrickPool.Missing;
                }
            }
        }

        var complete = true;
        for (var l = 0; l < levels.Count && complete; l++)
        {
            for (var b = 0; b < first[l + 1] - first[l]; b++)
            {
                complete &= levels[l].Bricks[b] is null || places[first[l] + b] is not null;
            }
        }

        var table = new Table(places, _pool.Evictions, complete, Device.Upload<DeviceLevel>(described), Device.Upload<uint>(pages));
        _tables.AddOrUpdate(volume, table);
        return table;
    }

    private static DeviceLevel Describe(BrickLevel level, int pages)
    {
        var isTiled = Brick.IsTiledFor(1 << level.ShiftZ, 1 << level.ShiftY, 1 << level.ShiftX);
        const int Edge = Brick.TileEdge + 1;
        return new DeviceLevel(
            level.Z, level.Y, level.X, level.ShiftZ, level.ShiftY, level.ShiftX, level.HalvingsZ, level.HalvingsY, level.HalvingsX, level.CountY, level.CountX, pages,
            isTiled ? Edge * Edge : 1 << (level.ShiftX + level.ShiftY), isTiled ? Edge : 1 << level.ShiftX,
            isTiled ? 1 << (level.ShiftY - Brick.TileShift) : 0, isTiled ? 1 << (level.ShiftX - Brick.TileShift) : 0);
    }

    /// <summary>The compiler's options for a volume's voxels.</summary>
    internal static string OptionsFor(VoxelType type) => type switch
    {
        VoxelType.UInt8 => "-D VOXEL=uchar -D IS_FLOAT=0",
        VoxelType.Int8 => "-D VOXEL=char -D IS_FLOAT=0",
        VoxelType.UInt16 => "-D VOXEL=ushort -D IS_FLOAT=0",
        VoxelType.Int16 => "-D VOXEL=short -D IS_FLOAT=0",
        _ => "-D VOXEL=float -D IS_FLOAT=1",
    };
}
