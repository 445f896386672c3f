using DendriteViewer.Imaging.Datasets;
using Microsoft.Net.Http.Headers;

namespace DendriteViewer.Web.Registry;

/// <summary>Entity tags of datasets over HTTP: the identity, a dot, and the revision of the manifest.</summary>
public static class DatasetTags
{
    /// <summary>The tag of a dataset as it is published now.</summary>
    public static string Of(Dataset dataset) => $"\"{dataset.Identity}.{dataset.Revision}\"";

    /// <summary>Whether one of the tags is this dataset's, whole or its identity alone. A star names no dataset.</summary>
    public static bool Match(IEnumerable<EntityTagHeaderValue> tags, Dataset dataset) =>
        tags.Any(t => t.Tag == Of(dataset) || t.Tag == $"\"{dataset.Identity}\"");
}
