namespace DendriteViewer.Web.Annotations.Journal;

/// <summary>Fields of an annotation that only make sense together, as the coordinates of a place.</summary>
/// <param name="Name">What people call them, as “place”.</param>
/// <param name="Fields">Their JSON names.</param>
public sealed record FieldGroup(string Name, params string[] Fields)
{
    /// <summary>Fields that the server computes from them, which go where they go.</summary>
    public string[] Derived { get; init; } = [];

    /// <summary>Fields that clients may give with them, and that go where they go, as what was seen when a status was given.</summary>
    public string[] Along { get; init; } = [];

    /// <summary>Fields of the objects of a list that the server computes, by which two lists do not differ.</summary>
    public string[] DerivedInside { get; init; } = [];

    /// <summary>Decimals that their numbers keep; null for all.</summary>
    public int? Decimals { get; init; }

    /// <summary>
    /// How far apart two of their numbers may be that count as the same; 0 for numbers that must be equal. What was seen of a shape that is
    /// not answered yet is as its author sent it, not as the server keeps it.
    /// </summary>
    public double Tolerance { get; init; }

    /// <summary>The member that it is, where it is one of a property's; null of whole properties.</summary>
    public (MemberKind Kind, string Id)? Member { get; init; }
}

/// <summary>A JSON property whose members people change independently.</summary>
public enum MemberKind
{
    /// <summary>fields: an object with the values of the dataset's fields by their ids.</summary>
    Field,

    /// <summary>labels: a list of ids of the dataset's labels, each given or not.</summary>
    Label,
}
