using System.Security.Claims;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;

namespace DendriteViewer.Web.Jobs;

/// <summary>Who sees which jobs, and who may stop or repeat them.</summary>
public sealed class JobAccess(DatasetAccess access)
{
    /// <summary>
    /// What somebody may see: all for an administrator, else what they asked for and what works on a dataset that they are a member of. Who came
    /// by a link sees no work of others, which tells of people; imports tell of the server's folders, so they are for who asked.
    /// </summary>
    public async Task<IReadOnlyList<Job>> VisibleAsync(ClaimsPrincipal user, IReadOnlyList<Job> jobs, CancellationToken ct = default)
    {
        if (await access.IsAdministratorAsync(user, ct))
        {
            return jobs;
        }

        var key = user.KeyOf();
        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var dataset in jobs.Select(j => j.DatasetIdentity).OfType<string>().Distinct())
        {
            if (DatasetIdentity.TryParse(dataset, out var id) && await access.AccountRoleAsync(user, id, ct) is not null)
            {
                open.Add(dataset);
            }
        }

        return [.. jobs.Where(j => (key.Length > 0 && j.ByKey == key)
            || (j.Kind != ImportHandler.Name && j.DatasetIdentity is { } d && open.Contains(d)))];
    }

    /// <summary>Whether somebody may stop a job or ask for it again: administrators, and for work on a dataset its curators.</summary>
    public async Task<bool> MayChangeAsync(ClaimsPrincipal user, Job job, CancellationToken ct = default) =>
        await access.IsAdministratorAsync(user, ct)
        || (job.Kind != ImportHandler.Name && DatasetIdentity.TryParse(job.DatasetIdentity, out var id)
            && await access.RoleAsync(user, id, ct) >= DatasetRole.Curate);
}
