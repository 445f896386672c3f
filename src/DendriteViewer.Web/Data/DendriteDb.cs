using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Accounts.Resets;
using DendriteViewer.Web.Accounts.Sessions;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Bookmarks;
using DendriteViewer.Web.Comments;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.Members;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tours;
using DendriteViewer.Web.Tokens;
using DendriteViewer.Web.Visitors;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Data;

/// <summary>Accounts, members, links and the log of annotation edits.</summary>
public class DendriteDb(DbContextOptions<DendriteDb> options) : IdentityDbContext<AppUser, IdentityRole<Guid>, Guid>(options),
    IDataProtectionKeyContext
{
    /// <summary>Who may do what with which dataset.</summary>
    public DbSet<DatasetMember> Members => Set<DatasetMember>();

    /// <summary>Groups of people.</summary>
    public DbSet<PeopleGroup> Groups => Set<PeopleGroup>();

    /// <summary>Who is in which group.</summary>
    public DbSet<GroupMember> GroupMembers => Set<GroupMember>();

    /// <summary>What groups may do with which dataset.</summary>
    public DbSet<DatasetGroup> DatasetGroups => Set<DatasetGroup>();

    /// <summary>By which people's programs ask the API.</summary>
    public DbSet<PersonalToken> Tokens => Set<PersonalToken>();

    /// <summary>Short links.</summary>
    public DbSet<ShareLink> Links => Set<ShareLink>();

    /// <summary>Views to which links pointed before they were moved.</summary>
    public DbSet<LinkMove> LinkMoves => Set<LinkMove>();

    /// <summary>What frozen links keep.</summary>
    public DbSet<LinkSnapshot> LinkSnapshots => Set<LinkSnapshot>();

    /// <summary>Invitations to become a member.</summary>
    public DbSet<Invitation> Invitations => Set<Invitation>();

    /// <summary>Datasets that are open to everybody.</summary>
    public DbSet<PublicDataset> PublicDatasets => Set<PublicDataset>();

    /// <summary>The journals of datasets: every edit of annotations, numbered.</summary>
    public DbSet<EditEntry> EditEntries => Set<EditEntry>();

    /// <summary>The append-only log of annotation edits.</summary>
    public DbSet<SiteEdit> SiteEdits => Set<SiteEdit>();

    /// <summary>The append-only log of edits of measurements.</summary>
    public DbSet<MeasurementEdit> MeasurementEdits => Set<MeasurementEdit>();

    /// <summary>The append-only log of edits of comments.</summary>
    public DbSet<CommentEdit> CommentEdits => Set<CommentEdit>();

    /// <summary>How far people have read threads of comments.</summary>
    public DbSet<CommentReading> CommentReadings => Set<CommentReading>();

    /// <summary>The append-only log of edits of labels and fields.</summary>
    public DbSet<SchemaEdit> SchemaEdits => Set<SchemaEdit>();

    /// <summary>Views that people keep.</summary>
    public DbSet<Bookmark> Bookmarks => Set<Bookmark>();

    /// <summary>Who did what that matters.</summary>
    public DbSet<AuditEntry> Audit => Set<AuditEntry>();

    /// <summary>Sign-ins of accounts in browsers.</summary>
    public DbSet<AccountSession> AccountSessions => Set<AccountSession>();

    /// <summary>How often signing in failed of late.</summary>
    public DbSet<SignInCount> SignInCounts => Set<SignInCount>();

    /// <summary>Links by which people choose new passwords.</summary>
    public DbSet<PasswordReset> PasswordResets => Set<PasswordReset>();

    /// <summary>Views in an order, with words.</summary>
    public DbSet<Tour> Tours => Set<Tour>();

    /// <summary>Every dataset that was ever seen in the store; those that were deleted are the archive.</summary>
    public DbSet<DatasetRecord> Datasets => Set<DatasetRecord>();

    /// <summary>The keys that protect cookies, where servers share this database; else they are files.</summary>
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<DatasetMember>().HasKey(m => new { m.DatasetIdentity, m.UserId });
        builder.Entity<PeopleGroup>().HasIndex(g => g.NormalizedName).IsUnique();
        builder.Entity<GroupMember>().HasKey(m => new { m.GroupId, m.UserId, m.Source });
        builder.Entity<GroupMember>().HasIndex(m => m.UserId);
        builder.Entity<GroupMember>().HasOne<PeopleGroup>().WithMany().HasForeignKey(m => m.GroupId);
        builder.Entity<GroupMember>().HasOne<AppUser>().WithMany().HasForeignKey(m => m.UserId);
        builder.Entity<DatasetGroup>().HasKey(d => new { d.DatasetIdentity, d.GroupId });
        builder.Entity<DatasetGroup>().HasOne<PeopleGroup>().WithMany().HasForeignKey(d => d.GroupId);
        builder.Entity<PersonalToken>().HasIndex(t => t.Hash).IsUnique();
        builder.Entity<PersonalToken>().HasOne<AppUser>().WithMany().HasForeignKey(t => t.UserId);
        builder.Entity<ShareLink>().HasIndex(l => l.TokenHash).IsUnique();
        builder.Entity<ShareLink>().HasIndex(l => l.DatasetIdentity);
        builder.Entity<LinkMove>().HasIndex(m => m.LinkId);
        builder.Entity<LinkSnapshot>().HasKey(s => new { s.LinkId, s.Part });
        builder.Entity<Invitation>().HasIndex(i => i.TokenHash).IsUnique();
        builder.Entity<Invitation>().HasIndex(i => i.DatasetIdentity);
        builder.Entity<PublicDataset>().HasKey(p => p.DatasetIdentity);
        builder.Entity<EditEntry>().HasKey(e => new { e.DatasetIdentity, e.Number });
        builder.Entity<EditEntry>().Property(e => e.Number).ValueGeneratedNever();
        builder.Entity<EditEntry>().Property(e => e.What).HasConversion<string>();
        builder.Entity<EditEntry>().HasIndex(e => new { e.DatasetIdentity, e.Key }).IsUnique();
        builder.Entity<SiteEdit>().HasIndex(e => new { e.DatasetIdentity, e.Number });
        builder.Entity<MeasurementEdit>().HasIndex(e => new { e.DatasetIdentity, e.Number });
        builder.Entity<SchemaEdit>().HasIndex(e => new { e.DatasetIdentity, e.Number });
        builder.Entity<SiteEdit>().HasKey(e => e.Sequence);
        builder.Entity<SiteEdit>().Property(e => e.Sequence).ValueGeneratedOnAdd();
        builder.Entity<SiteEdit>().HasIndex(e => new { e.DatasetIdentity, e.SiteId, e.Version }).IsUnique();
        builder.Entity<MeasurementEdit>().HasKey(e => e.Sequence);
        builder.Entity<MeasurementEdit>().Property(e => e.Sequence).ValueGeneratedOnAdd();
        builder.Entity<MeasurementEdit>().HasIndex(e => new { e.DatasetIdentity, e.MeasurementId, e.Version }).IsUnique();
        builder.Entity<CommentEdit>().HasKey(e => e.Sequence);
        builder.Entity<CommentEdit>().Property(e => e.Sequence).ValueGeneratedOnAdd();
        builder.Entity<CommentEdit>().HasIndex(e => new { e.DatasetIdentity, e.CommentId, e.Version }).IsUnique();
        builder.Entity<CommentReading>().HasKey(r => new { r.DatasetIdentity, r.Reader, r.Thread });
        builder.Entity<SchemaEdit>().HasKey(e => e.Sequence);
        builder.Entity<SchemaEdit>().Property(e => e.Sequence).ValueGeneratedOnAdd();
        builder.Entity<SchemaEdit>().HasIndex(e => new { e.DatasetIdentity, e.SchemaId, e.Version }).IsUnique();
        builder.Entity<Bookmark>().HasKey(b => b.Id);
        builder.Entity<Bookmark>().HasIndex(b => new { b.DatasetIdentity, b.OwnerId });
        builder.Entity<Tour>().HasKey(t => t.Id);
        builder.Entity<Tour>().HasIndex(t => t.DatasetIdentity);
        builder.Entity<Tour>().Property(t => t.Version).IsConcurrencyToken();
        builder.Entity<DatasetRecord>().HasKey(d => d.Identity);
        builder.Entity<DatasetRecord>().HasIndex(d => d.DatasetId);
        builder.Entity<AuditEntry>().HasKey(e => e.Id);
        builder.Entity<AuditEntry>().Property(e => e.Id).ValueGeneratedOnAdd();
        builder.Entity<AuditEntry>().Property(e => e.Kind).HasConversion<string>();
        builder.Entity<AuditEntry>().HasIndex(e => e.At);
        builder.Entity<AuditEntry>().HasIndex(e => e.PersonKey);
        builder.Entity<AuditEntry>().HasIndex(e => e.DatasetIdentity);
        builder.Entity<AccountSession>().HasKey(s => s.Id);
        builder.Entity<AccountSession>().Property(s => s.End).HasConversion<string>();
        builder.Entity<AccountSession>().HasIndex(s => s.UserId);
        builder.Entity<SignInCount>().HasKey(c => c.Key);
        builder.Entity<SignInCount>().HasIndex(c => c.At);
        builder.Entity<PasswordReset>().HasKey(r => r.TokenHash);
        builder.Entity<PasswordReset>().HasIndex(r => r.UserId);
    }
}
