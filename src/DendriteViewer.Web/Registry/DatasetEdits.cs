using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;

namespace DendriteViewer.Web.Registry;

/// <summary>
/// Changes what people say of a dataset. Other servers see it with the next turn of <see cref="DatasetWatch"/>, as they see imports.
/// Whoever calls has been authorized.
/// </summary>
public sealed class DatasetEdits(DatasetStore store, DatasetCatalog catalog, AuditLog audit)
{
    /// <summary>Saves what somebody wrote, unless somebody else saved something else since it was looked at.</summary>
    /// <param name="looked">The dataset as it was looked at.</param>
    /// <param name="edited">The description to save.</param>
    /// <param name="by">Who wrote it.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The dataset as it is now, and whether the description was saved; if not, somebody else saved another one first.</returns>
    /// <exception cref="VolumeFormatException">A field is out of its bounds, or the dataset is gone.</exception>
    public async Task<(Dataset Now, bool IsSaved)> SaveAsync(Dataset looked, DatasetDescription edited, Person by, CancellationToken ct)
    {
        var before = DatasetDescription.Of(looked.Manifest);
        return await SaveAsync(looked, now => DatasetDescription.Of(now.Manifest) == before ? edited : null, by, ct);
    }

    /// <summary>Saves what a function makes of the dataset as it is at that moment.</summary>
    /// <param name="looked">The dataset as it was looked at; only its identity counts.</param>
    /// <param name="change">Returns the description to save for the dataset as it is now, or null to leave it. Called again when somebody
    /// else saved in between.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The dataset as it is now, and whether it was changed.</returns>
    /// <exception cref="VolumeFormatException">A field is out of its bounds, or the dataset is gone.</exception>
    public async Task<(Dataset Now, bool IsSaved)> SaveAsync(
        Dataset looked, Func<Dataset, DatasetDescription?> change, Person by, CancellationToken ct)
    {
        var detail = "";
        try
        {
            var now = await store.UpdateAsync(looked.Id, async published =>
            {
                var edited = change(published!) ?? throw new NotChangedException(published!);
                var manifest = edited.Trimmed().ApplyTo(published!.Manifest);
                if (detail.Length == 0)
                {
                    // Before it is done, and once, however often others are faster.
                    var entry = $"described the dataset '{manifest.Name}' anew";
                    await audit.RecordAsync(AuditKind.Description, by, entry, AuditSubject.Of(looked), CancellationToken.None);
                    detail = entry;
                }

                return manifest;
            }, ct, looked.Identity);
            catalog.Touch();
            return (now, true);
        }
        catch (Exception e)
        {
            if (detail.Length > 0)
            {
                await audit.TryRecordAsync(AuditKind.Description, by, AuditLog.FailedOf(detail), AuditSubject.Of(looked));
            }

            if (e is NotChangedException same)
            {
                return (same.Now, false);
            }

            throw;
        }
    }

    // Thrown inside an update to end it without writing.
    private sealed class NotChangedException(Dataset now) : Exception
    {
        public Dataset Now => now;
    }
}
