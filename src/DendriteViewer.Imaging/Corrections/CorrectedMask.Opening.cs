using DendriteViewer.Imaging.Storage;

namespace DendriteViewer.Imaging.Corrections;

/// <content>Opening a mask: its log is read whole, and drawn from the newest snapshot on.</content>
public sealed partial class CorrectedMask
{
    /// <summary>Whoever has to draw so many strokes to open the mask keeps a snapshot for who opens it next.</summary>
    internal int SnapshotInterval { get; set; } = 128;

    /// <summary>Strokes that were drawn so far, each once for every brick that it touches.</summary>
    internal long Drawn => _opened?.Voxels.Drawn ?? 0;

    private async Task<Opened> OpenAsync(CancellationToken ct)
    {
        if (_opened is { } known)
        {
            return known;
        }

        await _changing.WaitAsync(ct);
        try
        {
            if (_opened is null)
            {
                var automatic = await _store.ReaderAsync(Automatic, ct);
                var voxels = new MaskVoxels(automatic, Automatic.Transform);
                var name = await _analysis.AutomaticNameAsync(_store, Automatic, ct);
                var history = await DrawLogAsync(voxels, name, ct);
                _history = history;
                Interlocked.Exchange(ref _revision, history.Sequence);
                _opened = new Opened(voxels, new CorrectedReader(automatic, voxels), name);
            }

            return _opened;
        }
        finally
        {
            _changing.Release();
        }
    }

    // Draws the mask as the log has it, from the newest snapshot on where that is of it.
    private async Task<MaskHistory> DrawLogAsync(MaskVoxels voxels, string name, CancellationToken ct)
    {
        var (snapshot, entries) = (await _log.TryReadSnapshotAsync(ct), await _log.ReadAsync(ct, _until));
        IReadOnlySet<int> shown = new HashSet<int>();
        var history = MaskHistory.Empty;
        foreach (var entry in entries)
        {
            history = history.With(entry);
            if (snapshot?.Head is { } head && entry.Sequence == head.Sequence && head.Base == name
                && history.Of(name).Strokes.SetEquals(head.Strokes) && await voxels.TryRestoreAsync(snapshot, ct))
            {
                shown = history.Of(name).Strokes;
            }
        }

        var strokes = history.Of(name).Strokes;
        await voxels.ShowAsync(history.Marks, shown, strokes, ct);
        if (!IsKept && strokes.Count(s => !shown.Contains(s)) >= SnapshotInterval)
        {
            await KeepAsync(voxels.SnapshotOf(history.Sequence, name, [.. strokes]), ct);
        }

        return history;
    }

    // A mask that cannot be kept is drawn again the next time.
    private async Task KeepAsync(MaskSnapshot snapshot, CancellationToken ct)
    {
        try
        {
            await _log.KeepAsync(snapshot, ct);
        }
        catch (IOException)
        {
        }
    }
}
