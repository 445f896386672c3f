using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Imaging.Corrections;

/// <content>Versions: kept, restored, chosen for numbers, and taken over from another automatic mask.</content>
public sealed partial class CorrectedMask
{
    /// <summary>Keeps the mask as it is as a version.</summary>
    /// <exception cref="OutOfRangeException">It is the last version already, or the note is too long.</exception>
    public async Task<MaskVersion> SaveAsync(string? note, string by, long at, CancellationToken ct)
    {
        new NumberRange("The note's length", 0, MaskEntry.MostNote, "characters").Check(note?.Length ?? 0);
        return await LockedAsync(async voxels =>
        {
            await AppendAsync(voxels, (v, next) => Task.FromResult<MaskEntry?>(_history.Of(Base).IsChanged ? Saved(v, next, note)
                : throw new OutOfRangeException("Nothing was corrected since the last version.")), by, at, ct);
            return _history.Of(Base).Versions[^1];
        }, ct);
    }

    /// <summary>
    /// Makes the mask what a version is, as a new version; 0 is the automatic mask. Nothing is dropped: strokes that are in no version yet,
    /// whoever made them, are kept as one before.
    /// </summary>
    /// <exception cref="OutOfRangeException">There is no such version.</exception>
    public Task<MaskVersion> RestoreAsync(int version, string by, long at, CancellationToken ct) => LockedAsync(async voxels =>
    {
        MaskEntry made;
        do
        {
            made = await AppendAsync(voxels, (v, next) =>
            {
                var existing = Existing(version);
                return Task.FromResult<MaskEntry?>(_history.Of(Base).IsChanged
                    ? Saved(v, next, $"before restoring {(version == 0 ? "the automatic mask" : $"v{version}")}")
                    : next with
                    {
                        Kind = MaskEntryKind.Restore, Version = version,
                        AddedVoxels = existing?.AddedVoxels ?? 0, RemovedVoxels = existing?.RemovedVoxels ?? 0,
                    });
            }, by, at, ct);
        }
        while (made.Kind != MaskEntryKind.Restore);
        return _history.Of(Base).Versions[^1];
    }, ct);

    private static MaskEntry Saved(MaskVoxels voxels, MaskEntry next, string? note) =>
        next with { Kind = MaskEntryKind.Save, Note = note, AddedVoxels = voxels.Added, RemovedVoxels = voxels.Removed };

    /// <summary>Says which version numbers rest on; 0 is the automatic mask.</summary>
    /// <exception cref="OutOfRangeException">There is no such version.</exception>
    public Task ChooseAsync(int version, string by, long at, CancellationToken ct) => AppendAsync((_, next) =>
    {
        Existing(version);
        return Task.FromResult(_history.Of(Base).Chosen == version ? null : next with { Kind = MaskEntryKind.Choose, Version = version });
    }, by, at, ct);

    /// <summary>Takes over the strokes that corrected the automatic mask before this one.</summary>
    /// <exception cref="OutOfRangeException">There are none.</exception>
    public Task CarryAsync(string by, long at, CancellationToken ct) => AppendAsync((voxels, next) =>
    {
        var (from, state) = _history.Others(Base).FirstOrDefault();
        if (from is null || state.Strokes.IsEmpty)
        {
            throw new OutOfRangeException("No other automatic mask of this scan was corrected.");
        }

        // The voxels of a fill are those of one grid.
        var grid = GridOf(voxels);
        if (state.Strokes.FirstOrDefault(k => _history.Marks[k].GridZyx is { } own && !own.SequenceEqual(grid)) is > 0 and var fill)
        {
            throw new OutOfRangeException(
                $"Entry {fill} of the log is a fill of another grid of voxels ({string.Join(" × ", _history.Marks[fill].GridZyx!)}; this "
                + $"mask has {string.Join(" × ", grid)}), which cannot be taken over.");
        }

        return Task.FromResult<MaskEntry?>(next with { Kind = MaskEntryKind.Carry, From = from });
    }, by, at, ct);

    private MaskVersion? Existing(int version) => version == 0 ? null
        : _history.Of(Base).Find(version) ?? throw new OutOfRangeException($"There is no version {version} of this mask.");
}
