using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>
/// Changes a dataset's labels and fields. What sites or annotations carry is not lost by that: a label or field that is in use is retired
/// where it was taken out, and the type of a field with values stays. Whoever calls has been authorized.
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
        SchemaRules.Check(wanted, await log.OfAsync(dataset.Identity, ct));
        await audit.RecordAsync(AuditKind.Description, by.Person, "changed the labels and fields of annotations",
            AuditSubject.Of(dataset), ct);
        return await log.ChangeAsync(
            dataset.Identity, now => Kept(SchemaRules.Check(wanted, now), now, used.Labels, used.Fields), wanted.Version, by, ct);
    }

    // What was taken out is retired where something carries it.
    private static AnnotationSchema Kept(
        AnnotationSchema after, AnnotationSchema before, IReadOnlySet<string> labels, IReadOnlySet<string> fields)
    {
        var changed = after.Fields.FirstOrDefault(f => fields.Contains(f.Id) && before.Field(f.Id) is { } was && was.Type != f.Type);
        if (changed is not null)
        {
            throw new ArgumentException(
                $"Field {changed.Name} has values already, so that its type stays; take the field out and add one of another name.");
        }

        return after with
        {
            Labels = new([.. after.Labels, .. before.Labels.Where(l => after.Label(l.Id) is null && labels.Contains(l.Id))
                .Select(l => l with { Retired = true, Key = null })]),
            Fields = new([.. after.Fields, .. before.Fields.Where(f => after.Field(f.Id) is null && fields.Contains(f.Id))
                .Select(f => f with { Retired = true })]),
        };
    }

    /// <summary>Ids of the labels and fields that sites or annotations carry.</summary>
    public async Task<(IReadOnlySet<string> Labels, IReadOnlySet<string> Fields)> UsedAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        var (s, m) = (await sites.ListAsync(dataset, ct), await measurements.ListAsync(dataset, ct));
        return (s.SelectMany(x => x.Labels).Concat(m.SelectMany(x => x.Labels)).ToHashSet(),
            s.SelectMany(x => x.Fields).Concat(m.SelectMany(x => x.Fields)).Select(v => v.Key).ToHashSet());
    }
}
