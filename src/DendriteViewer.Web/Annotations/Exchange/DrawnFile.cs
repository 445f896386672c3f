using System.Collections.Immutable;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Annotations.Exchange;

/// <summary>The annotations of a file, and how they are to be taken.</summary>
/// <param name="Dataset">What they are of.</param>
/// <param name="Marks">What was read.</param>
/// <param name="Schema">The dataset's labels and fields.</param>
/// <param name="Choice">What the person chooses.</param>
/// <param name="Measured">Gives an annotation the numbers that need no voxels.</param>
internal sealed record DrawnFile(
    Dataset Dataset, IReadOnlyList<ReadMark> Marks, AnnotationSchema Schema, ImportChoice Choice, Func<Measurement, Measurement> Measured)
{
    /// <summary>What becomes of each line, and the annotations to write.</summary>
    /// <exception cref="ArgumentException">The dataset would hold more than it can.</exception>
    public (IReadOnlyList<ImportLine> Lines, IReadOnlyList<Measurement> Wanted) Plan(
        ImmutableDictionary<string, Measurement> there, Func<string> newId) =>
        new DrawnImport(Dataset, there, Schema, Choice, Measured, newId).Plan(Marks);
}
