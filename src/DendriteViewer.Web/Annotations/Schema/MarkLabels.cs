using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>Gives labels to whatever an id means: a site or an annotation. Whoever calls has been authorized.</summary>
public sealed class MarkLabels(SchemaLog schemas, SiteLog sites, MeasurementLog measurements)
{
    /// <summary>Gives a label, or takes it away.</summary>
    /// <exception cref="ArgumentException">The dataset has no such label.</exception>
    /// <exception cref="EditConflictException">It is not there any more, or somebody else changed it at the same moment.</exception>
    public async Task SetAsync(Dataset dataset, string id, string label, bool isOn, Editor by, CancellationToken ct)
    {
        if ((await sites.ListAsync(dataset.Identity, ct)).FirstOrDefault(s => s.Id == id) is { } site)
        {
            await sites.ChangeAsync(dataset, site with { Labels = With(site.Labels, label, isOn) }, by, ct);
            return;
        }

        var drawn = await measurements.FindAsync(dataset.Identity, id, ct) ?? throw new EditConflictException("It is not there any more.");
        var after = drawn with { Labels = With(drawn.Labels, label, isOn) };
        MarkRules.Check(
            await schemas.OfAsync(dataset.Identity, ct), drawn.Label, KindOf(drawn), (after.Labels, after.Fields), (drawn.Labels,
                drawn.Fields));
        await measurements.ChangeAsync(dataset.Identity, after, by, ct);
    }

    /// <summary>What fields call the kind of a measurement.</summary>
    public static string KindOf(Measurement m) => m.Kind.ToString().ToLowerInvariant();

    private static ValueList<string> With(ValueList<string> labels, string label, bool isOn) =>
        new(isOn ? labels.Contains(label) ? labels : labels.Append(label) : labels.Where(l => l != label));
}
