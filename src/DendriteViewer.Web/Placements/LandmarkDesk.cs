using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Compute;

namespace DendriteViewer.Web.Placements;

/// <summary>Whose landmarks in which volume.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Key">The volume.</param>
/// <param name="Owner">Key of the person.</param>
public sealed record DraftPlace(Dataset Dataset, VolumeKey Key, string Owner)
{
    /// <summary>The blob of the draft.</summary>
    public string Blob => BlobNames.LandmarkDraft(Dataset.Id, Dataset.Identity, Key, Owner);
}

/// <summary>
/// Landmarks that people are placing: of each person and volume a draft, kept at every change, so that neither a reload nor a killed server
/// loses a click. Each change is a step that undo takes back. Whoever calls has been authorized.
/// </summary>
public sealed class LandmarkDesk(DatasetStore store, ComputeLanes lanes)
{
    /// <summary>Raised with a draft's blob when it changed; handlers must be quick.</summary>
    public event Action<string>? Changed;

    /// <summary>A draft; empty where there is none.</summary>
    /// <exception cref="VolumeFormatException">It is damaged, or of a scan that the dataset has no more.</exception>
    public async Task<LandmarkDraft> ReadAsync(DraftPlace place, CancellationToken ct)
    {
        var draft = await store.Blobs.TryReadAsync(place.Blob, ct) is { } bytes ? LandmarkDraft.Parse(bytes) : LandmarkDraft.Empty;
        return draft.Pairs.FirstOrDefault(p => p.Scan is { } scan && place.Dataset.Volumes.All(v => v.Key != scan)) is not { } lost
            ? draft : throw new VolumeFormatException(
                $"{lost.Name} was placed in {lost.Scan}, which {place.Dataset.Id} has no more; discard the landmarks "
                    + "and place them again.");
    }

    /// <summary>Replaces a draft, as a step of a page's history, if it still is what the page knows.</summary>
    /// <param name="place">Whose.</param>
    /// <param name="before">As the page knows it.</param>
    /// <param name="after">As it is to be.</param>
    /// <param name="name">What that does, as “place L3”.</param>
    /// <param name="history">The page's edits.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>False, and nothing is kept, where another page or server changed it meanwhile: read it anew.</returns>
    /// <exception cref="VolumeFormatException">What is stored is damaged.</exception>
    public async Task<bool> TryChangeAsync(
        DraftPlace place, LandmarkDraft before, LandmarkDraft after, string name, EditHistory history, CancellationToken ct)
    {
        if (!await TryReplaceAsync(place, before, after, ct))
        {
            return false;
        }

        history.Add(new Step(this, place, before, after, name));
        return true;
    }

    /// <summary>Forgets a draft.</summary>
    public async Task DiscardAsync(DraftPlace place, CancellationToken ct)
    {
        await store.Blobs.DeleteAsync(place.Blob, ct);
        Changed?.Invoke(place.Blob);
    }

    /// <summary>The centre of the void at a point.</summary>
    public Task<Snapped> SnapAsync(VolumeInfo volume, WorldPoint at, CancellationToken ct) =>
        lanes[Urgency.Resting].RunAsync(() => VoidSnap.AtAsync(store, volume, at, ct), ct);

    // Equal drafts have equal bytes.
    private async Task<bool> TryReplaceAsync(DraftPlace place, LandmarkDraft before, LandmarkDraft after, CancellationToken ct)
    {
        var stored = await store.Blobs.TryReadTaggedAsync(place.Blob, ct);
        var now = stored is null ? LandmarkDraft.Empty : LandmarkDraft.Parse(stored.Content);
        if (!now.ToBytes().AsSpan().SequenceEqual(before.ToBytes())
            || !await store.Blobs.TryReplaceAsync(place.Blob, after.ToBytes(), stored?.Tag, ct))
        {
            return false;
        }

        Changed?.Invoke(place.Blob);
        return true;
    }

    // A draft is of one person; where another page of theirs changed it since, the step is left.
    private sealed record Step(LandmarkDesk Desk, DraftPlace Place, LandmarkDraft Before, LandmarkDraft After, string Name)
        : EditStep(Name, 1)
    {
        public override async Task<(EditStepResult Result, EditStep? Reverse)> TakeBackAsync(Person by, CancellationToken ct)
        {
            return by.Key == Place.Owner && await Desk.TryReplaceAsync(Place, After, Before, ct)
                ? (new EditStepResult(Name, 1, []), this with { Before = After, After = Before })
                : (new EditStepResult(Name, 0, ["The landmarks"]), null);
        }
    }
}
