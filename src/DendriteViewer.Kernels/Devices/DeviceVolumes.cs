using System.Runtime.CompilerServices;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Devices;

/// <summary>
/// Paged volumes in a device's memory: their bricks in a <see cref="BrickPool"/>, their page tables, and what rays skip and show. What a
/// picture needs is uploaded when it is drawn, or ahead; what has no room, or no time while the picture moves, is stood in for by
/// coarser bricks, as on the host.
/// </summary>
public sealed class DeviceVolumes : IDisposable
{
    // Bricks that are uploaded ahead without letting a picture in between.
    private const int AheadAtOnce = 16;

    private readonly Lock _lock = new();
    private readonly bool _keepsDevice;
    private readonly BrickPool _pool;
    private readonly ConditionalWeakTable<PagedVolume, Table> _tables = [];
    private readonly ConditionalWeakTable<EmptySpace, DeviceBuffer[]> _spaces = [];
    private readonly ConditionalWeakTable<TransferTable, DeviceBuffer[]> _transfers = [];
    private readonly SortedSet<long> _drawing = [];
    private long _pictures;

    /// <param name="device">The device.</param>
    /// <param name="budgetBytes">Bytes of its memory for bricks, held from the start; cut to the largest buffer that the device
    /// gives.</param>
    /// <param name="keepsDevice">Whether the device is left alone when this is disposed.</param>
    /// <exception cref="ComputeException">It has not so much memory left.</exception>
    public DeviceVolumes(ComputeDevice device, long budgetBytes, bool keepsDevice = false)
    {
        (Device, _keepsDevice) = (device, keepsDevice);

        // OpenCL loses its way in buffers of more than 2³¹ elements.
        var most = device.Info.Api == ComputeApi.OpenCl ? Math.Min(device.Info.MostBufferBytes, int.MaxValue) : device.Info.MostBufferBytes;
        _pool = new BrickPool(device, Math.Min(budgetBytes, most));
    }

    /// <summary>The device.</summary>
    public ComputeDevice Device { get; }

    /// <summary>Bytes that bricks may take.</summary>
    public long BudgetBytes => _pool.BudgetBytes;

    /// <summary>Bytes that they take.</summary>
    public long Bytes => _pool.Bytes;

    /// <summary>The page table of a volume as it was when made.</summary>
    /// <param name="Places">Of every level's bricks; null where one is missing.</param>
    /// <param name="Evictions">How often bricks had gone from the pool before.</param>
    /// <param name="IsComplete">Whether every brick that the host has is on the device.</param>
    /// <param name="IsWhole">As <see cref="IVoxelMemory.IsWhole"/>.</param>
    /// <param name="Levels">The levels' shapes.</param>
    /// <param name="Pages">The table.</param>
    private sealed record Table(
        BrickPool.Place?[] Places, long Evictions, bool IsComplete, bool IsWhole, DeviceBuffer Levels, DeviceBuffer Pages);

    /// <summary>A volume while a picture of it is drawn; dispose it when the picture is there.</summary>
    internal sealed class Entered : IDisposable
    {
        private readonly DeviceVolumes _owner;
        private readonly long _picture;
        private readonly Table _table;

        private Entered(DeviceVolumes owner, long picture, Table table) => (_owner, _picture, _table) = (owner, picture, table);

        /// <summary>The levels and the page table.</summary>
        public required VolumeViews Views { get; init; }

        /// <summary>Whether every brick that the host has is on the device.</summary>
        public bool IsComplete => _table.IsComplete;

        /// <summary>Whether nothing is missing: <see cref="IVoxelMemory.IsWhole"/>.</summary>
        public bool IsWhole => _table.IsWhole;

        /// <summary>Makes a volume ready; call under the owner's lock.</summary>
        public static Entered Of(DeviceVolumes owner, long picture, PagedVolume volume, long mostUpload)
        {
            var table = owner.Known(volume, picture) ?? owner.Make(volume, picture, mostUpload);
            return new Entered(owner, picture, table)
            {
                Views = new() { Levels = table.Levels.As<LevelShape>(), Pages = table.Pages.As<int>(), LevelCount = volume.Levels.Count },
            };
        }

        public void Dispose()
        {
            lock (_owner._lock)
            {
                _owner._drawing.Remove(_picture);
            }
        }
    }

    /// <summary>What rays skip and show of a volume.</summary>
    internal sealed record Looks(DeviceBuffer OfBrick, DeviceBuffer Maps, DeviceBuffer Table, DeviceBuffer Sums)
    {
        /// <summary>As the kernels read it.</summary>
        public LookViews Views => new()
        {
            OfBrick = OfBrick.As<int>(), Maps = Maps.View, Table = Table.As<long>(), Sums = Sums.As<ExtinctionSum>(),
        };
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
                return Entered.Of(this, picture, volume, mostUpload);
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
        foreach (var few in bricks.Chunk(AheadAtOnce))
        {
            // A few bricks at a time, so that pictures are drawn in between.
            lock (_lock)
            {
                var drawing = _drawing.Count > 0 ? _drawing.Min : _pictures + 1;
                var hasRoom = true;
                foreach (var brick in few)
                {
                    hasRoom = hasRoom && (_pool.Find(brick) is not null || _pool.Add(brick, 0, drawing, mayEvict: false) is not null);
                }

                _pool.Flush();
                if (!hasRoom)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>What rays skip and what they show, on the device; made once and kept as long as the host keeps them.</summary>
    internal Looks Look(EmptySpace empty, TransferTable transfer)
    {
        lock (_lock)
        {
            var space = _spaces.GetValue(empty, e => [Device.Upload<int>(e.OfBrick), Device.Upload<byte>(e.Maps)]);
            var shown = _transfers.GetValue(transfer, t => [Device.Upload<long>(t.Entries), Device.Upload<int>(t.Sums)]);
            return new Looks(space[0], space[1], shown[0], shown[1]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _pool.Dispose();
            if (!_keepsDevice)
            {
                Device.Dispose();
            }
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
        var first = new int[levels.Count + 1];
        for (var l = 0; l < levels.Count; l++)
        {
            first[l + 1] = first[l] + levels[l].CountZ * levels[l].CountY * levels[l].CountX;
        }

        var places = new BrickPool.Place?[first[^1]];
        var pages = new int[first[^1]];
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

        _pool.Flush();
        var complete = true;
        for (var l = 0; l < levels.Count && complete; l++)
        {
            for (var b = 0; b < first[l + 1] - first[l]; b++)
            {
                complete &= levels[l].Bricks[b] is null || places[first[l] + b] is not null;
            }
        }

        var onDevice = Device.Upload<int>(pages);
        var isWhole = DeviceSeams.Fill(Device, Pool, volume, places, pages, onDevice);
        var table = new Table(
            places, _pool.Evictions, complete, isWhole, Device.Upload<LevelShape>(LevelShape.Of(volume)), onDevice);
        _tables.AddOrUpdate(volume, table);
        return table;
    }
}
