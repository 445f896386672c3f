using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Annotations.Exchange;

/// <summary>A format that sites and annotations are written in.</summary>
public enum ExchangeFormat
{
    /// <summary>The app's own, with everything: labels, fields, sites, annotations and their results.</summary>
    Json,

    /// <summary>GeoJSON's structure with coordinates x, y, z in µm.</summary>
    GeoJson,

    /// <summary>An annotation layer of neuroglancer.</summary>
    Neuroglancer,
}

/// <summary>What is written to a file.</summary>
/// <param name="Dataset">What it is of.</param>
/// <param name="Schema">Its labels and fields.</param>
/// <param name="Sites">Its sites.</param>
/// <param name="Drawn">Its measurements and annotations.</param>
public sealed record AnnotationSet(
    Dataset Dataset, AnnotationSchema Schema, IReadOnlyList<Site> Sites, IReadOnlyList<Measurement> Drawn);

/// <summary>What a file does not say of a site or an annotation, and what one that is there keeps.</summary>
[Flags]
public enum Unsaid
{
    /// <summary>It says all.</summary>
    Nothing = 0,

    /// <summary>Its hours.</summary>
    Hours = 1,

    /// <summary>Its modality.</summary>
    Modality = 2,

    /// <summary>The thickness of the slice that it was drawn in.</summary>
    Thickness = 4,

    /// <summary>The width of a profile.</summary>
    Width = 8,

    /// <summary>Its name.</summary>
    Label = 16,

    /// <summary>Its note.</summary>
    Note = 32,

    /// <summary>Its colour.</summary>
    Color = 64,

    /// <summary>Its labels.</summary>
    Labels = 128,

    /// <summary>Values of its fields.</summary>
    Fields = 256,
}

/// <summary>One thing that a file has: a site or an annotation, or why it is neither.</summary>
/// <param name="Line">The line that it begins in, from 1.</param>
public sealed record ReadMark(int Line)
{
    /// <summary>The site; null where it is none.</summary>
    public SiteLine? Site { get; init; }

    /// <summary>The annotation; null where it is none.</summary>
    public Measurement? Drawn { get; init; }

    /// <summary>What the file does not say: a new one is of the scan shown, and has no thickness.</summary>
    public Unsaid Unsaid { get; init; }

    /// <summary>Whether the annotation's values are texts that are still to be read by their fields.</summary>
    public bool AreFieldsText { get; init; }

    /// <summary>Whether the annotation's labels are their names; else they are ids.</summary>
    public bool AreLabelsNames { get; init; }

    /// <summary>Ids of the fields of which the file says that the annotation has no value.</summary>
    public ValueList<string> Emptied { get; init; } = ValueList<string>.Empty;

    /// <summary>Why it cannot be read; null where it can.</summary>
    public string? Wrong { get; init; }

    /// <summary>What it is called in the file.</summary>
    public string Name { get; init; } = "";
}

/// <summary>What was read from a file.</summary>
/// <param name="Marks">Sites and annotations, in the file's order.</param>
/// <param name="Schema">Labels and fields that the file brings along; null where it has none.</param>
/// <param name="Identity">Identity of the dataset that the file was written of; null where it does not say.</param>
public sealed record ReadMarks(IReadOnlyList<ReadMark> Marks, AnnotationSchema? Schema = null, string? Identity = null)
{
    /// <summary>As how many edits taking it in counts.</summary>
    public int Edits => Math.Max(1, Marks.Count);

    /// <summary>A table or list of sites.</summary>
    public static ReadMarks Of(IEnumerable<SiteLine> lines) => new([.. lines.Select(l => new ReadMark(l.Line)
    {
        Site = l, Wrong = l.Wrong, Name = l.Label ?? l.Id ?? "",
    })]);
}

/// <summary>The scan that marks are of whose file does not say so.</summary>
/// <param name="Hours">Its hours.</param>
/// <param name="Modality">Its modality.</param>
public readonly record struct DefaultScan(double Hours, string Modality);
