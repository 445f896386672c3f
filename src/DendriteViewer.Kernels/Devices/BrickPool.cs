using System.Runtime.CompilerServices;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Devices;

/// <summary>
/// Bricks in a device's memory, within a budget: one buffer, cut into slabs, each of which holds bricks of one size. Where there is no
/// room, what was used longest ago makes some; what a picture that is still being drawn reads stays. A brick here is the same bytes
/// as on the host, and is of no more use once the host has let go of it.
/// </summary>
internal sealed class BrickPool : IDisposable
{
    /// <summary>What a page-table entry counts in, in bytes.</summary>
    public const int Unit = 256;

    /// <summary>The entry of a brick that is not here.</summary>
    public const int Missing = -1;

    /// <summary>Set in a page-table entry where <see cref="SeamProgram"/> filled the brick's seams.</summary>
    public const int SeamsFilled = 1 << 30;

    /// <summary>Takes from a page-table entry the brick's place: a pool has at most 2³⁰ units, 256 GiB.</summary>
    public const int PageMask = SeamsFilled - 1;

    private const long MostSlab = 16 << 20;

    private readonly ComputeDevice _device;
    private readonly ConditionalWeakTable<Brick, Place> _places = [];
    private readonly LinkedList<Place> _used = new();
    private readonly Dictionary<long, Stack<int>> _free = [];
    private readonly List<(byte[] Data, long Offset)> _pending = [];
    private readonly Stack<int> _slabs = [];
    private readonly (long Slot, int Used)[] _slabState;
    private readonly long _slab;

    /// <param name="device">Where.</param>
    /// <param name="budgetBytes">Bytes of its memory.</param>
    public BrickPool(ComputeDevice device, long budgetBytes)
    {
        _device = device;
        _slab = Math.Min(MostSlab, budgetBytes / Unit * Unit);
        var count = (int)(budgetBytes / _slab);
        BudgetBytes = count * _slab;
        Buffer = device.Allocate(BudgetBytes);
        _slabState = new (long, int)[count];
        for (var i = count - 1; i >= 0; i--)
        {
            _slabs.Push(i);
        }
    }

    /// <summary>A brick's place; <see cref="LastUse"/> is the number of the last picture that read it.</summary>
    public sealed class Place(Brick brick, int page, long slot)
    {
        // Weakly, so that the host's memory is the host's to give back.
        public WeakReference<Brick> Brick { get; } = new(brick);

        public int Page => page;

        public long Slot => slot;

        public long LastUse { get; set; }

        /// <summary>Whether its seams are filled; they stay so, since its neighbours' voxels never change.</summary>
        public bool HasSeams { get; set; }

        public LinkedListNode<Place> Node { get; set; } = null!;
    }

    /// <summary>Where the bricks lie.</summary>
    public DeviceBuffer Buffer { get; }

    /// <summary>Bytes that bricks may take.</summary>
    public long BudgetBytes { get; }

    /// <summary>Bytes that they take.</summary>
    public long Bytes { get; private set; }

    /// <summary>Counts what had to go; page tables from before may name bricks that are no longer here.</summary>
    public long Evictions { get; private set; }

    /// <summary>A brick's place, if it is here.</summary>
    public Place? Find(Brick brick) => _places.TryGetValue(brick, out var place) ? place : null;

    /// <summary>Says that a picture reads a brick.</summary>
    public void Use(Place place, long picture)
    {
        place.LastUse = picture;
        _used.Remove(place.Node);
        _used.AddFirst(place.Node);
    }

    /// <summary>
    /// Gives a brick a place, or returns null where no room can be made; it is copied there by <see cref="Flush"/>, many at a time.
    /// </summary>
    /// <param name="brick">The brick.</param>
    /// <param name="picture">The picture that wants it; 0 for none yet.</param>
    /// <param name="drawing">The oldest picture that is still being drawn: what it and later ones read stays.</param>
    /// <param name="mayEvict">Whether others may go for it.</param>
    public Place? Add(Brick brick, long picture, long drawing, bool mayEvict)
    {
        var slot = (brick.Data.LongLength + Unit - 1) / Unit * Unit;
        int page;
        while (!TryTake(slot, out page))
        {
            if (!mayEvict || !Evict(slot, drawing))
            {
                return null;
            }
        }

        _pending.Add((brick.Data, (long)page * Unit));
        var place = new Place(brick, page, slot) { LastUse = picture };
        place.Node = _used.AddFirst(place);
        _places.Add(brick, place);
        Bytes += slot;
        return place;
    }

    /// <summary>Copies what was added; pictures may read it afterwards.</summary>
    public void Flush()
    {
        if (_pending.Count > 0)
        {
            _device.Write(Buffer, _pending);
            _pending.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Buffer.Dispose();

    private bool TryTake(long slot, out int page)
    {
        if (!_free.TryGetValue(slot, out var free))
        {
            _free[slot] = free = [];
        }

        while (!free.TryPop(out page))
        {
            if (slot > _slab || !_slabs.TryPop(out var slab))
            {
                page = Missing;
                return false;
            }

            _slabState[slab] = (slot, 0);
            for (var i = _slab / slot - 1; i >= 0; i--)
            {
                free.Push((int)((slab * _slab + i * slot) / Unit));
            }
        }

        _slabState[SlabOf(page)].Used++;
        return true;
    }

    // The brick used longest ago; if it has another size, all of its slab, so that the slab can be cut anew.
    private bool Evict(long slot, long drawing)
    {
        for (var node = _used.Last; node is not null && node.Value.LastUse < drawing; node = node.Previous)
        {
            if (node.Value.Slot == slot)
            {
                Free(node.Value);
                return true;
            }

            var slab = SlabOf(node.Value.Page);
            var neighbours = _used.Where(p => SlabOf(p.Page) == slab).ToArray();
            if (slot <= _slab && neighbours.All(p => p.LastUse < drawing))
            {
                foreach (var p in neighbours)
                {
                    Free(p);
                }

                return true;
            }
        }

        return false;
    }

    private void Free(Place place)
    {
        _used.Remove(place.Node);
        if (place.Brick.TryGetTarget(out var brick))
        {
            _places.Remove(brick);
        }

        Bytes -= place.Slot;
        Evictions++;
        var slab = SlabOf(place.Page);
        var free = _free[place.Slot];
        free.Push(place.Page);
        if (--_slabState[slab].Used == 0)
        {
            var left = free.Where(p => SlabOf(p) != slab).ToArray();
            free.Clear();
            foreach (var p in left)
            {
                free.Push(p);
            }

            _slabs.Push(slab);
        }
    }

    private int SlabOf(int page) => (int)((long)page * Unit / _slab);
}
