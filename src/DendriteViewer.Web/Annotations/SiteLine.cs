using System.Text.Json.Serialization;
using DendriteViewer.Web.Annotations.Schema;

namespace DendriteViewer.Web.Annotations;

/// <summary>What one line of a file says of a site. What it does not say is null, and stays as it is in a site that is there.</summary>
public sealed record SiteLine
{
    /// <summary>The line of the file that it begins in, from 1.</summary>
    [JsonIgnore]
    public int Line { get; init; }

    /// <summary>Why the line cannot be read; null where it can.</summary>
    [JsonIgnore]
    public string? Wrong { get; init; }

    /// <summary>Which site it is.</summary>
    public string? Id { get; init; }

    /// <summary>Position along z, µm.</summary>
    public double? ZUm { get; init; }

    /// <summary>Position along y, µm.</summary>
    public double? YUm { get; init; }

    /// <summary>Position along x, µm.</summary>
    public double? XUm { get; init; }

    /// <summary>Hours of the timestep it was marked in.</summary>
    public double? Hours { get; init; }

    /// <summary>Modality it was marked in.</summary>
    public string? Modality { get; init; }

    /// <summary>Radius of the mark, µm.</summary>
    public double? RadiusUm { get; init; }

    /// <summary>Short name.</summary>
    public string? Label { get; init; }

    /// <summary>Free text.</summary>
    public string? Note { get; init; }

    /// <summary>What is thought of it.</summary>
    public SiteStatus? Status { get; init; }

    /// <summary>Who marked it, as the file says.</summary>
    public string? Author { get; init; }

    /// <summary>Who marked it, as the file says that an earlier file said.</summary>
    public string? FileAuthor { get; init; }

    /// <summary>The scans that it was judged in.</summary>
    public JudgedVolumes? JudgedIn { get; init; }

    /// <summary>Ids or names of its labels.</summary>
    public ValueList<string>? Labels { get; init; }

    /// <summary>Values of its fields; of a table as they were written.</summary>
    public FieldValues? Fields { get; init; }

    /// <summary>Whether values are texts that are still to be read by their fields.</summary>
    [JsonIgnore]
    public bool AreFieldsText { get; init; }

    /// <summary>Whether its labels are their names; else they are ids.</summary>
    [JsonIgnore]
    public bool AreLabelsNames { get; init; }

    /// <summary>Ids of the fields of which the file says that the site has no value.</summary>
    [JsonIgnore]
    public ValueList<string> Emptied { get; init; } = ValueList<string>.Empty;

    /// <summary>Where it is at other timesteps.</summary>
    public ValueList<SitePosition>? Track { get; init; }

    /// <summary>When the site was last changed before the file was written, Unix milliseconds.</summary>
    public long? ChangedAt { get; init; }

    /// <summary>The fields that a new site cannot be without and the line does not give.</summary>
    public IEnumerable<string> Missing() =>
        new[] { ("z_um", ZUm), ("y_um", YUm), ("x_um", XUm), ("hours", Hours) }.Where(f => f.Item2 is null).Select(f => f.Item1);

    /// <summary>
    /// The site with what the line says of it. Who marked it is not taken from a file. In which scans it was judged belongs to the
    /// judgement: it comes along with another status, and is not recorded where the file sets one without saying so.
    /// </summary>
    public Site Over(Site site) => site with
    {
        ZUm = ZUm ?? site.ZUm, YUm = YUm ?? site.YUm, XUm = XUm ?? site.XUm,
        Hours = Hours ?? site.Hours, Modality = Modality ?? site.Modality,
        RadiusUm = RadiusUm ?? site.RadiusUm, Label = Label ?? site.Label, Note = Note ?? site.Note, Status = Status ?? site.Status,
        Labels = Labels ?? site.Labels, Track = Track ?? site.Track,
        Fields = site.Fields.With(Emptied, Fields ?? FieldValues.Empty),
        JudgedIn = Status is { } status && status != site.Status ? JudgedIn ?? JudgedVolumes.None : site.JudgedIn,
    };

    /// <summary>The line as a new site, its author the one that the file names.</summary>
    public Site ToSite() => Over(new Site { Id = Id ?? "", Author = Author ?? "", FileAuthor = FileAuthor ?? "" }) with
    {
        JudgedIn = JudgedIn ?? JudgedVolumes.None,
    };
}
