using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Sharing;

/// <summary>Makes, finds and revokes links. Whoever calls has been authorized.</summary>
public sealed class ShareLinks(IDbContextFactory<DendriteDb> database, DatasetAccess access, TimeProvider time)
{
    private const string Mark = "dvl_";

    /// <summary>Makes a link and returns its token, which is not kept.</summary>
    public async Task<(ShareLink Link, string Token)> CreateAsync(
        Dataset dataset, DatasetRole role, string name, TimeSpan? lifetime, string query, string by, CancellationToken ct)
    {
        if (role is not (DatasetRole.View or DatasetRole.Annotate))
        {
            throw new ArgumentOutOfRangeException(nameof(role), role, "A link views or annotates.");
        }

        // The mark lets a log's redactor and scanners for secrets know a token wherever it stands.
        var token = Mark + Convert.ToBase64String(RandomNumberGenerator.GetBytes(18)).Replace('+', '-').Replace('/', '_');
        var now = time.GetUtcNow();
        var link = new ShareLink
        {
            Id = Guid.NewGuid(), TokenHash = Hash(token), DatasetIdentity = dataset.Identity.Value, DatasetId = dataset.Id.Value,
                Role = role,
            Name = string.IsNullOrWhiteSpace(name) ? "Link" : name.Trim()[..Math.Min(name.Trim().Length, 80)],
            Query = query, CreatedBy = by, CreatedAt = now.ToUnixTimeMilliseconds(), ExpiresAt = lifetime is { } l ? (now + l).ToUnixTimeMilliseconds() : null,
        };
        await using var db = await database.CreateDbContextAsync(ct);
        db.Links.Add(link);
        await db.SaveChangesAsync(ct);
        return (link, token);
    }

    /// <summary>The link of a token if it lets anybody in now, else null, for whatever reason.</summary>
    public async Task<ShareLink?> FindAsync(string token, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var hash = Hash(token);
        var link = await db.Links.AsNoTracking().FirstOrDefaultAsync(l => l.TokenHash == hash, ct);
        return link is not null && await access.EndOfAsync(link, ct) is null ? link : null;
    }

    /// <summary>The links of a dataset, newest first, with those that are open no more.</summary>
    public async Task<IReadOnlyList<ListedLink>> ListAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var links = await db.Links.AsNoTracking().Where(l => l.DatasetIdentity == dataset.Value).OrderByDescending(l => l.CreatedAt)
            .ToListAsync(ct);
        var listed = new List<ListedLink>(links.Count);
        foreach (var link in links)
        {
            listed.Add(new ListedLink(link, await access.EndOfAsync(link, ct)));
        }

        return listed;
    }

    /// <summary>Ends a link at once.</summary>
    public async Task RevokeAsync(DatasetIdentity dataset, Guid id, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await db.Links.Where(l => l.Id == id && l.DatasetIdentity == dataset.Value && l.RevokedAt == null).ExecuteUpdateAsync(s =>
            s.SetProperty(l => l.RevokedAt, now), ct);
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
