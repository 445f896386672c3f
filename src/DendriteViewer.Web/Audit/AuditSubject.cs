using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Audit;

/// <summary>What an act was done to.</summary>
/// <param name="Identity">The dataset's identity, or null where no dataset is concerned.</param>
/// <param name="DatasetId">The dataset's id.</param>
/// <param name="Key">Key of something beside the dataset: an account, a link, a token.</param>
public readonly record struct AuditSubject(string? Identity = null, string? DatasetId = null, string? Key = null)
{
    /// <summary>A dataset, or something in it.</summary>
    public static AuditSubject Of(Dataset dataset, string? key = null) => new(dataset.Identity.Value, dataset.Id.Value, key);

    /// <summary>A dataset of which only the identity is at hand.</summary>
    public static AuditSubject Of(DatasetIdentity dataset, string? key = null) => new(dataset.Value, null, key);

    /// <summary>An account.</summary>
    public static AuditSubject Of(Guid account) => new(Key: account.ToString());
}
