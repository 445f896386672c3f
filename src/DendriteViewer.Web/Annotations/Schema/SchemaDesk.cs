using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>
/// Changes a dataset's labels and fields. What sites or annotations carry, or carried once, is not lost by that: a label or field that was
/// saved is retired where it was taken out, and the type of a field with values stays. Whoever calls has been authorized.
/// </summary>
public sealed class SchemaDesk(SchemaLog log, SiteLog sites, MeasurementLog measurements, AuditLog audit)
{
    /// <summary>What is kept.</summary>
    public SchemaLog Log => log;

    /// <summary>Replaces the labels and fields.</summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="wanted">All labels and fields; its version is the one that it was changed from.</param>
    /// <param name="by">Who edits.</param>
    /// <param name="ct">Gives up before the write.</param>
    /// <exception cref="ArgumentException">It cannot be; the sentence names the label or field.</exception>
    /// <exception cref="EditConflictException">Somebody else changed it meanwhile.</exception>
    public async Task<AnnotationSchema> SaveAsync(Dataset dataset, AnnotationSchema wanted, Editor by, CancellationToken ct)
    {
        var used = await UsedAsync(dataset.Identity, ct);
        return await log.ChangeAsync(
            dataset.Identity, now => Checked(wanted, now, used), wanted.Version, by,
            () => audit.NewEntry(AuditKind.Description, by.Person, "changed the labels and fields of annotations",
                AuditSubject.Of(dataset)), ct);
    }

    // What was taken out is retired: deleted sites and earlier versions may carry it, and no other may get its id.
    private static AnnotationSchema Checked(AnnotationSchema wanted, AnnotationSchema before, IReadOnlySet<string> used)
    {
        var after = SchemaRules.Check(wanted with
        {
            Labels = new([.. wanted.Labels, .. before.Labels.Where(l => wanted.Label(l.Id) is null)
                .Select(l => l with { Retired = true, Key = null })]),
            Fields = new([.. wanted.Fields, .. before.Fields.Where(f => wanted.Field(f.Id) is null)
                .Select(f => f with { Retired = true })]),
        }, before);
        var changed = after.Fields.FirstOrDefault(f => used.Contains(f.Id) && before.Field(f.Id) is { } was && was.Type != f.Type);
        return changed is null ? after : throw new ArgumentException(
            $"Field {changed.Name} has values already, so that its type stays; take the field out and add one of another name.");
    }

    // Ids of the fields that sites or annotations have values of.
    private async Task<IReadOnlySet<string>> UsedAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        var (s, m) = (await sites.ListAsync(dataset, ct), await measurements.ListAsync(dataset, ct));
        return s.SelectMany(x => x.Fields).Concat(m.SelectMany(x => x.Fields)).Select(v => v.Key).ToHashSet();
    }
}
