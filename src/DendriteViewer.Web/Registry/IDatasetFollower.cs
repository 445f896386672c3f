using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Registry;

/// <summary>
/// A feature that keeps something of datasets, and is told what became of them. <see cref="DatasetWatch"/> calls one after the other.
/// </summary>
public interface IDatasetFollower
{
    /// <summary>
    /// A dataset is published otherwise than before: by an import, an analysis or a correction, in this process or another.
    /// </summary>
    Task ChangedAsync(Dataset dataset, CancellationToken ct) => Task.CompletedTask;

    /// <summary>A dataset is gone. What is shown of it ends, and what can be made again of it is removed.</summary>
    Task DeletedAsync(DatasetIdentity dataset, CancellationToken ct) => Task.CompletedTask;
}
