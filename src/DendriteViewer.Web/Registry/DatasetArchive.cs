using System.Security.Claims;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Registry;

/// <summary>A dataset that was deleted, and what is kept of it.</summary>
/// <param name="Record">Its id, its name, and who deleted it.</param>
/// <param name="Sites">Number of sites.</param>
/// <param name="Measurements">Number of measurements.</param>
public sealed record ArchivedDataset(DatasetRecord Record, int Sites, int Measurements);

/// <summary>What is kept of deleted datasets, for people who had a role in them by an account.</summary>
public sealed class DatasetArchive(DatasetRegistry registry, DatasetAccess access, SiteLog sites, MeasurementLog measurements)
{
    /// <summary>The deleted datasets that a person may see.</summary>
    public async Task<IReadOnlyList<ArchivedDataset>> ListAsync(ClaimsPrincipal user, CancellationToken ct = default)
    {
        var list = new List<ArchivedDataset>();
        foreach (var d in await registry.ArchivedAsync(ct))
        {
            if (DatasetIdentity.TryParse(d.Identity, out var identity) && await access.AccountRoleAsync(user, identity, ct) is not null)
            {
                list.Add(new ArchivedDataset(
                    d, (await sites.ListAsync(identity, ct)).Count, (await measurements.ListAsync(identity, ct)).Count));
            }
        }

        return list;
    }

    /// <summary>The identity of a deleted dataset that a person may see, or null.</summary>
    /// <param name="user">The person.</param>
    /// <param name="text">The identity as an address has it.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<DatasetIdentity?> FindAsync(ClaimsPrincipal user, string text, CancellationToken ct = default) =>
        DatasetIdentity.TryParse(text, out var identity) && await access.AccountRoleAsync(user, identity, ct) is not null
            && (await registry.ArchivedAsync(ct)).Any(d => d.Identity == identity.Value) ? identity : null;
}
