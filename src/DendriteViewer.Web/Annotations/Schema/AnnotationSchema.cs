namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>What a field holds.</summary>
public enum FieldType
{
    /// <summary>One of several names.</summary>
    Choice,

    /// <summary>A number, with a unit and a range.</summary>
    Number,

    /// <summary>Free text.</summary>
    Text,

    /// <summary>Yes or no.</summary>
    YesNo,
}

/// <summary>A name that sites and annotations may carry, with its colour.</summary>
public sealed record AnnotationLabel
{
    /// <summary>Stable id; the server makes it from the name.</summary>
    public string Id { get; init; } = "";

    /// <summary>Name for people.</summary>
    public string Name { get; init; } = "";

    /// <summary>Colour as #rrggbb, one of <see cref="LabelPalette"/>.</summary>
    public string Color { get; init; } = "";

    /// <summary>The key, 1 to 9, that gives it to what is selected; null where it has none.</summary>
    public int? Key { get; init; }

    /// <summary>Whether it is no longer offered; what carries it keeps it.</summary>
    public bool Retired { get; init; }
}

/// <summary>A field that sites and annotations have.</summary>
public sealed record AnnotationField
{
    /// <summary>Stable id; the server makes it from the name. In tables the column is field_ID.</summary>
    public string Id { get; init; } = "";

    /// <summary>Name for people.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it holds. It cannot change once a value is there.</summary>
    public FieldType Type { get; init; }

    /// <summary>Unit of a number; may be empty.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The least number, or null.</summary>
    public double? Least { get; init; }

    /// <summary>The largest number, or null.</summary>
    public double? Most { get; init; }

    /// <summary>What a choice offers, in order.</summary>
    public ValueList<string> Choices { get; init; } = ValueList<string>.Empty;

    /// <summary>Whether it is to be filled in; what lacks it is marked as such, and saved.</summary>
    public bool Required { get; init; }

    /// <summary>Kinds that have it, as site or ruler; empty: all.</summary>
    public ValueList<string> For { get; init; } = ValueList<string>.Empty;

    /// <summary>Whether it is no longer offered; values that are there stay.</summary>
    public bool Retired { get; init; }

    /// <summary>Whether a kind has it.</summary>
    public bool IsOf(string kind) => For.Count == 0 || For.Contains(kind);
}

/// <summary>Labels and fields of a dataset's sites and annotations. It is edited as a whole.</summary>
public sealed record AnnotationSchema : IEdited<AnnotationSchema>
{
    /// <summary>The one id that it has in its log.</summary>
    public const string OnlyId = "schema";

    /// <summary>A dataset's schema before anybody edited it.</summary>
    public static readonly AnnotationSchema Empty = new();

    /// <inheritdoc/>
    public string Id { get; init; } = OnlyId;

    /// <inheritdoc/>
    public int Version { get; init; }

    /// <summary>Labels, in the order of the list.</summary>
    public ValueList<AnnotationLabel> Labels { get; init => field = value ?? ValueList<AnnotationLabel>.Empty; } =
        ValueList<AnnotationLabel>.Empty;

    /// <summary>Fields, in the order of the form.</summary>
    public ValueList<AnnotationField> Fields { get; init => field = value ?? ValueList<AnnotationField>.Empty; } =
        ValueList<AnnotationField>.Empty;

    /// <summary>When it was last changed, Unix milliseconds.</summary>
    public long ChangedAt { get; init; }

    /// <inheritdoc/>
    public bool Deleted { get; init; }

    /// <summary>The label of an id, or null.</summary>
    public AnnotationLabel? Label(string id) => Labels.FirstOrDefault(l => l.Id == id);

    /// <summary>The field of an id, or null.</summary>
    public AnnotationField? Field(string id) => Fields.FirstOrDefault(f => f.Id == id);

    /// <summary>Names of the required fields that something of a kind lacks.</summary>
    public IEnumerable<string> Missing(string kind, FieldValues values) =>
        Fields.Where(f => f is { Required: true, Retired: false } && f.IsOf(kind) && values[f.Id] is null).Select(f => f.Name);

    /// <inheritdoc/>
    public AnnotationSchema AtVersion(int version, long? changedAt = null) =>
        this with { Version = version, ChangedAt = changedAt ?? ChangedAt };

    /// <inheritdoc/>
    public AnnotationSchema AsDeleted() =>
        this with { Deleted = true, Labels = ValueList<AnnotationLabel>.Empty, Fields = ValueList<AnnotationField>.Empty };
}

/// <summary>One edit of a dataset's schema.</summary>
public sealed class SchemaEdit : EditRow
{
    /// <summary>The schema's id in the log, <see cref="AnnotationSchema.OnlyId"/>.</summary>
    public required string SchemaId { get; set; }
}
