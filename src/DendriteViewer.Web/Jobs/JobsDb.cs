using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Jobs;

/// <summary>
/// The list of jobs that people see, beside Quartz's own tables: a database of its own, so that progress never waits for annotations
/// nor they for it, and so that several servers can share one while each keeps its own accounts.
/// </summary>
public class JobsDb(DbContextOptions<JobsDb> options) : DbContext(options)
{
    /// <summary>All jobs that are kept.</summary>
    public DbSet<JobRow> Jobs => Set<JobRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder builder)
    {
        builder.Entity<JobRow>().ToTable("dendrite_jobs");
        builder.Entity<JobRow>().HasKey(j => j.Sequence);
        builder.Entity<JobRow>().Property(j => j.Sequence).ValueGeneratedOnAdd();
        builder.Entity<JobRow>().HasIndex(j => j.Id).IsUnique();
        builder.Entity<JobRow>().Property(j => j.State).HasConversion<string>();
    }
}

/// <summary>A job as it is kept. Times are Unix milliseconds.</summary>
public sealed class JobRow
{
    /// <summary>Counts jobs in the order they were asked for.</summary>
    public long Sequence { get; set; }

    /// <summary>Its id.</summary>
    public Guid Id { get; set; }

    /// <summary>What it does.</summary>
    public required string Kind { get; set; }

    /// <summary>What it works on, for people.</summary>
    public required string Title { get; set; }

    /// <summary>JSON that the handler reads.</summary>
    public required string Arguments { get; set; }

    /// <summary>The id of the dataset it was asked for, or that it made.</summary>
    public string? Dataset { get; set; }

    /// <summary>That dataset's identity; null while there is no such dataset yet.</summary>
    public string? DatasetIdentity { get; set; }

    /// <summary>Who asked for it.</summary>
    public required string ByKey { get; set; }

    /// <summary>Who asked for it, for people.</summary>
    public required string By { get; set; }

    /// <summary>Where it is.</summary>
    public JobState State { get; set; }

    /// <summary>How far, 0 to 1.</summary>
    public double Fraction { get; set; }

    /// <summary>What it is doing, or how it ended.</summary>
    public required string Detail { get; set; }

    /// <summary>Quartz's name of the run that is at work, by which any server can stop it.</summary>
    public string? FireInstance { get; set; }

    /// <summary>How often it began.</summary>
    public int Attempts { get; set; }

    /// <summary>When it was asked for.</summary>
    public long AskedAt { get; set; }

    /// <summary>When it last began.</summary>
    public long? StartedAt { get; set; }

    /// <summary>When it ended.</summary>
    public long? EndedAt { get; set; }

    /// <summary>As people see it.</summary>
    public Job ToJob() => new(
        Id, Kind, Title, ByKey, By, State, Fraction, Detail, Dataset, DatasetIdentity, DateTimeOffset.FromUnixTimeMilliseconds(AskedAt),
            Time(StartedAt), Time(EndedAt), Attempts) { Arguments = Arguments };

    private static DateTimeOffset? Time(long? at) => at is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}
