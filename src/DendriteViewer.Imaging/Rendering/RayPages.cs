using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// The bricks in memory of a plan, as the ray caster takes them, with what was made for the transfer functions they are seen
/// through. Shared by all who look at the same, and kept while the same bricks are there.
/// </summary>
internal sealed class RayPages(string prefix, PyramidLevel level, BrickIndex[] wanted, Brick?[] bricks, PagedVolume volume)
{
    private const int Kept = 4;
    private readonly Dictionary<BrickIndex, int> _places = wanted.Index().ToDictionary(p => p.Item, p => p.Index);
    private readonly LinkedList<(RayLook Look, Lazy<RaycastSettings> Settings)> _looks = new();

    /// <summary>The volume's cache key.</summary>
    public string Prefix => prefix;

    /// <summary>The volume as the ray caster walks it.</summary>
    public PagedVolume Volume => volume;

    /// <summary>Whether every brick that the plan wants is there.</summary>
    public bool IsComplete { get; } = Array.TrueForAll(bricks, b => b is not null);

    /// <summary>Bytes of the bricks.</summary>
    public long Bytes { get; } = bricks.Sum(b => b?.Bytes ?? 0);

    /// <summary>Whether these are the pages of a plan and the bricks found for it.</summary>
    public bool Is(string otherPrefix, RayPlan plan, ReadOnlySpan<Brick?> otherBricks)
    {
        if (prefix != otherPrefix || level != plan.Level || wanted.Length != plan.Bricks.Count || (volume.From, volume.To) != plan.Box)
        {
            return false;
        }

        // The order follows the eye; the bricks are what counts.
        for (var i = 0; i < wanted.Length; i++)
        {
            if (!_places.TryGetValue(plan.Bricks[i], out var place) || !ReferenceEquals(bricks[place], otherBricks[i]))
            {
                return false;
            }
        }

        return true;
    }

    // The table and the map of empty space cost some milliseconds and change with the transfer function, not the camera.
    public RaycastSettings For(RayLook look, Func<RaycastSettings> make)
    {
        Lazy<RaycastSettings> settings;
        lock (_looks)
        {
            var node = _looks.First;
            while (node is not null && node.Value.Look != look)
            {
                node = node.Next;
            }

            if (node is not null)
            {
                _looks.Remove(node);
            }

            settings = node?.Value.Settings ?? new(make);
            _looks.AddFirst((look, settings));
            if (_looks.Count > Kept)
            {
                _looks.RemoveLast();
            }
        }

        return settings.Value;
    }
}
