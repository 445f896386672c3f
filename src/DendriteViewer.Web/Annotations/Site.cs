using DendriteViewer.Web.Annotations.Schema;

namespace DendriteViewer.Web.Annotations;

/// <summary>What somebody thinks of a site.</summary>
public enum SiteStatus
{
    /// <summary>Marked, not yet judged.</summary>
    Proposed,

    /// <summary>Judged to be a nucleation site.</summary>
    Confirmed,

    /// <summary>Judged not to be one.</summary>
    Rejected,
}

/// <summary>A nucleation site as people marked it. Positions are µm in the dataset's frame.</summary>
public sealed record Site : IEdited<Site>
{
    /// <summary>Stable id.</summary>
    public required string Id { get; init; }

    /// <summary>Counts the edits of this site from 1.</summary>
    public int Version { get; init; }

    /// <summary>Position along z, µm.</summary>
    public double ZUm { get; init; }

    /// <summary>Position along y, µm.</summary>
    public double YUm { get; init; }

    /// <summary>Position along x, µm.</summary>
    public double XUm { get; init; }

    /// <summary>Hours of the timestep it was marked in.</summary>
    public double Hours { get; init; }

    /// <summary>Modality it was marked in.</summary>
    public string Modality { get; init; } = "";

    /// <summary>Distance from the interface, µm.</summary>
    public double DepthUm { get; init; }

    /// <summary>Radius of the mark, µm.</summary>
    public double RadiusUm { get; init; } = 5;

    /// <summary>Short name.</summary>
    public string Label { get; init; } = "";

    /// <summary>Free text.</summary>
    public string Note { get; init; } = "";

    /// <summary>What is thought of it.</summary>
    public SiteStatus Status { get; init; }

    /// <summary>Who marked it, or brought it in from a file; the server sets it.</summary>
    public string Author { get; init; } = "";

    /// <summary>Who marked it as the file says that it was brought in from; nobody checked that. Empty where no file said so.</summary>
    public string FileAuthor { get; init; } = "";

    /// <summary>
    /// The scans that were seen when it was marked or its status was last set; the server writes it. Empty where nobody recorded it.
    /// </summary>
    public JudgedVolumes JudgedIn { get; init; } = JudgedVolumes.None;

    /// <summary>Ids of the labels that it carries.</summary>
    public ValueList<string> Labels { get; init => field = value ?? ValueList<string>.Empty; } = ValueList<string>.Empty;

    /// <summary>Values of the dataset's fields.</summary>
    public FieldValues Fields { get; init => field = value ?? FieldValues.Empty; } = FieldValues.Empty;

    /// <summary>Where it is at other timesteps, by hours.</summary>
    public ValueList<SitePosition> Track { get; init => field = value ?? ValueList<SitePosition>.Empty; } = ValueList<SitePosition>.Empty;

    /// <summary>The analysis' site that it is, as RECIPE/ID; empty of one that was marked by hand.</summary>
    public string Found { get; init; } = "";

    /// <summary>When it was last changed, Unix milliseconds.</summary>
    public long ChangedAt { get; init; }

    /// <summary>Whether it was deleted; the log keeps it.</summary>
    public bool Deleted { get; init; }

    /// <inheritdoc/>
    public Site AtVersion(int version, long? changedAt = null) => this with { Version = version, ChangedAt = changedAt ?? ChangedAt };

    /// <inheritdoc/>
    public Site AsDeleted() => this with { Deleted = true };
}

/// <summary>One edit of one site.</summary>
public sealed class SiteEdit : EditRow
{
    /// <summary>The site.</summary>
    public required string SiteId { get; set; }
}
