using System.Collections.Immutable;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Annotations.Exchange;

/// <summary>
/// What the annotations of a file make of those that are there, as <see cref="SiteImport"/> does of sites: matched by id, or by place where
/// the person chooses so; what was changed after the file was written stays unless they choose otherwise; what was deleted is not brought
/// back.
/// </summary>
/// <param name="dataset">What they are of.</param>
/// <param name="there">Those that are there, deleted ones included.</param>
/// <param name="schema">The dataset's labels and fields.</param>
/// <param name="choice">What the person chooses.</param>
/// <param name="measured">Gives an annotation the numbers that need no voxels; refuses one that cannot be measured.</param>
/// <param name="newId">Makes ids.</param>
internal sealed class DrawnImport(
    Dataset dataset, ImmutableDictionary<string, Measurement> there, AnnotationSchema schema, ImportChoice choice,
    Func<Measurement, Measurement> measured, Func<string> newId)
{
    private const double SamePlaceUm = 1e-3, SameDirection = 1e-9;
    private readonly Dictionary<string, int> _linesById = [];

    // What says what becomes of an annotation: of each one thing of the file at most. Several may begin in one line.
    private readonly Dictionary<string, ReadMark> _takenBy = [];
    private readonly Dictionary<MeasurementKind, int> _numbers = [];
    private readonly List<ImportLine> _lines = [];
    private readonly List<Measurement> _wanted = [];
    private readonly List<Measurement> _added = [];
    private readonly List<(ReadMark Mark, Measurement Read)> _others = [];

    // Those of one kind in one scan, where they are after the changes of the file.
    private ILookup<(MeasurementKind, double, string), Measurement> _after =
        Array.Empty<Measurement>().ToLookup(m => (m.Kind, m.Hours, m.Modality));

    /// <summary>What becomes of each line, and the annotations to write.</summary>
    /// <exception cref="ArgumentException">The dataset would hold more than it can.</exception>
    public (IReadOnlyList<ImportLine> Lines, IReadOnlyList<Measurement> Wanted) Plan(IReadOnlyList<ReadMark> marks)
    {
        if (marks.Count > MeasurementLog.MostMeasurements)
        {
            throw new ArgumentException($"The file has {marks.Count} annotations; a dataset holds at most "
                + $"{MeasurementLog.MostMeasurements}, deleted ones included. Divide it.");
        }

        // Ids come before places, wherever they stand in the file.
        foreach (var mark in marks.Where(m => m.Wrong is null && there.ContainsKey(m.Drawn!.Id ?? "")))
        {
            _takenBy.TryAdd(mark.Drawn!.Id, mark);
        }

        foreach (var mark in marks)
        {
            Try(mark, () => Take(mark));
        }

        // What has no known id comes last: whether it is there already depends on where the others are after their changes.
        _after = there.SetItems(_wanted.Select(m => KeyValuePair.Create(m.Id, m))).Values.Where(m => !m.Deleted)
            .ToLookup(m => (m.Kind, m.Hours, m.Modality));
        _others.ForEach(o => Try(o.Mark, () => TakeOther(o.Mark, o.Read)));

        var over = there.Count + _wanted.Count(m => !there.ContainsKey(m.Id)) - MeasurementLog.MostMeasurements;
        return over <= 0 ? (_lines, _wanted) : throw new ArgumentException(
            $"A dataset holds at most {MeasurementLog.MostMeasurements} annotations, deleted ones included; leave out {over}.");
    }

    private void Try(ReadMark mark, Action take)
    {
        try
        {
            take();
        }
        catch (ArgumentException e)
        {
            Say(mark, ImportOutcome.Wrong, e.Message);
        }
    }

    private void Take(ReadMark mark)
    {
        if (mark.Wrong is not null)
        {
            throw new ArgumentException(mark.Wrong);
        }

        var read = mark.Drawn! with
        {
            Labels = MarkColumns.Resolved(schema, mark.Drawn.Labels, mark.AreLabelsNames)!, Deleted = false, Result = null,
            Fields = mark.AreFieldsText ? MarkColumns.Resolved(schema, mark.Drawn.Fields)! : mark.Drawn.Fields,
        };
        if (read.Id is { Length: > 0 } id && !_linesById.TryAdd(id, mark.Line))
        {
            Say(mark, ImportOutcome.Skipped, $"It is in line {_linesById[id]} already.");
            return;
        }

        if (read.Id is { Length: > 0 } && there.TryGetValue(read.Id, out var known))
        {
            Change(mark, read, known);
        }
        else
        {
            _others.Add((mark, read));
        }
    }

    private void TakeOther(ReadMark mark, Measurement read)
    {
        var placed = Nearest(read);
        var beside = _after[(placed.Kind, placed.Hours, placed.Modality)].Concat(_added.Where(m => IsOfOneScan(m, placed)))
            .FirstOrDefault(m => IsSame(m.PointsUm, placed.PointsUm));
        if (beside is not null && choice.ByPlace)
        {
            Change(mark, read, beside);
        }
        else if (beside is not null)
        {
            Say(mark, ImportOutcome.Skipped, $"{beside.Label} is at the same place already.");
        }
        else
        {
            Add(mark, read);
        }
    }

    private void Change(ReadMark mark, Measurement read, Measurement known)
    {
        if (known.Deleted)
        {
            Say(mark, ImportOutcome.Skipped, "It was deleted here; take its id out of the file to add it as a new one.");
            return;
        }

        if (!_takenBy.TryAdd(known.Id, mark) && !ReferenceEquals(_takenBy[known.Id], mark))
        {
            Say(mark, ImportOutcome.Skipped, $"It is in line {_takenBy[known.Id].Line} already.");
            return;
        }

        // A format may have no word for a kind: a profile is a line there, and so is what reads it back.
        var isLine = known.Kind == MeasurementKind.Profile && read.Kind == MeasurementKind.Ruler
            || known.Kind == MeasurementKind.Note && read.Kind == MeasurementKind.Point;
        if (known.Kind != read.Kind && !isLine)
        {
            Say(mark, ImportOutcome.Skipped,
                $"It is a {Word(known.Kind)} here and a {Word(read.Kind)} in the file, whose format has no other form.");
            return;
        }

        var unsaid = mark.Unsaid;
        var frame = FrameOf(read, known);
        var after = Checked(read with
        {
            Id = known.Id, Version = known.Version, Kind = known.Kind, Author = known.Author, ChangedAt = known.ChangedAt,
            PointsUm = isLine && known.Kind == MeasurementKind.Note ? [read.PointsUm[0], .. known.PointsUm.Skip(1)] : read.PointsUm,
            Right = frame.Right, Down = frame.Down,
            WidthUm = isLine || unsaid.HasFlag(Unsaid.Width) ? known.WidthUm : read.WidthUm,
            ThicknessUm = unsaid.HasFlag(Unsaid.Thickness) ? known.ThicknessUm : read.ThicknessUm,
            Hours = unsaid.HasFlag(Unsaid.Hours) ? known.Hours : read.Hours,
            Modality = unsaid.HasFlag(Unsaid.Modality) ? known.Modality : read.Modality,
            Color = unsaid.HasFlag(Unsaid.Color) ? known.Color : read.Color,
            Label = unsaid.HasFlag(Unsaid.Label) ? known.Label : read.Label,
            Note = unsaid.HasFlag(Unsaid.Note) ? known.Note : read.Note,
            Labels = unsaid.HasFlag(Unsaid.Labels) ? known.Labels : read.Labels,
            Fields = known.Fields.With(mark.Emptied, read.Fields),
        }, known);
        var differences = Differences(known, after).ToArray();
        if (differences.Length == 0)
        {
            Say(mark, ImportOutcome.Unchanged, "");
        }
        else if (!choice.OverwriteNewer && read.ChangedAt > 0 && known.ChangedAt / 1000 > read.ChangedAt / 1000)
        {
            Say(mark, ImportOutcome.Skipped,
                $"It was changed here after the file was written, which has another {string.Join(", ", differences)}.");
        }
        else
        {
            // Numbers of another place are measured anew.
            _wanted.Add(differences.Any(d => d is "place" or "orientation") ? after : after with { Result = known.Result });
            Say(mark, ImportOutcome.Changed, string.Join(", ", differences));
        }
    }

    private void Add(ReadMark mark, Measurement read)
    {
        var isId = SiteRules.IsId(read.Id ?? "");
        if (!_numbers.TryGetValue(read.Kind, out var last))
        {
            last = MeasurementLog.LastNumber(there.Values, read.Kind);
        }

        var label = read.Label.Length > 0 ? read.Label : MeasurementLog.LabelOf(read.Kind, last + 1);
        var added = Checked(read with { Id = isId ? read.Id! : newId(), Version = 0, Label = label }, known: null);
        _wanted.Add(added);
        _added.Add(added);
        _takenBy[added.Id] = mark;
        _numbers[read.Kind] = Math.Max(last, MeasurementLog.NumberOf(label, read.Kind));
        Say(mark, ImportOutcome.Added, read.Label.Length > 0 ? "" : $"It has no name, and is called {label}.");
    }

    private Measurement Checked(Measurement m, Measurement? known)
    {
        var after = measured(Nearest(m));
        MarkRules.Check(
            schema, m.Label, MarkRules.KindOf(m), (after.Labels, after.Fields), known is null ? null : (known.Labels, known.Fields));
        return after;
    }

    // Formats with single precision write 3.2 h as 3.2000000477.
    private Measurement Nearest(Measurement m) =>
        dataset.Nearest(m.Modality, m.Hours) is { } scan && Math.Abs(scan.Key.Hours - m.Hours) < 1e-4 ? m with { Hours = scan.Key.Hours }
            : m;

    private static bool IsOfOneScan(Measurement a, Measurement b) => a.Kind == b.Kind && a.Hours == b.Hours && a.Modality == b.Modality;

    // A box without directions lies along the axes; of other kinds a format may have no word for the plane that they were drawn in.
    private static (double[]? Right, double[]? Down) FrameOf(Measurement read, Measurement known) =>
        read.Right is null && read.Down is null && (read.Kind != MeasurementKind.Box || IsAlongAxes(known)) ? (known.Right, known.Down)
            : IsSameFrame(read, known) ? (known.Right, known.Down) : (read.Right, read.Down);

    private static bool IsSameFrame(Measurement a, Measurement b) =>
        (IsSame(a.Right, b.Right) && IsSame(a.Down, b.Down)) || (a.Kind == MeasurementKind.Box && IsAlongAxes(a) && IsAlongAxes(b));

    private static bool IsSame(double[]? a, double[]? b) => a is null || b is null ? a is null && b is null
        : a.Length == b.Length && a.Zip(b).All(c => Math.Abs(c.First - c.Second) <= SameDirection);

    // Directions of a file may be of any length, and anything else: what they cannot be is refused where they are checked.
    private static bool IsAlongAxes(Measurement m) => (m.Right, m.Down) is (null, null)
        || (m is { Right: not null, Down: not null } && m.Right.Concat(m.Down).All(c => Math.Abs(c) <= SameDirection
            || Math.Abs(Math.Abs(c) - 1) <= SameDirection));

    private static bool IsSame(double[][] a, double[][] b) => a.Length == b.Length
        && a.Zip(b).All(p => p.Second?.Length == 3 && p.First.Zip(p.Second).All(c => Math.Abs(c.First - c.Second) <= SamePlaceUm));

    private static IEnumerable<string> Differences(Measurement before, Measurement after)
    {
        var isElsewhere = !IsSame(before.PointsUm, after.PointsUm) || before.ThicknessUm != after.ThicknessUm
            || before.WidthUm != after.WidthUm;
        (string Name, bool Differs)[] fields =
        [
            ("place", isElsewhere || before.Hours != after.Hours || before.Modality != after.Modality),
            ("orientation", !IsSameFrame(before, after)),
            ("label", before.Label != after.Label), ("note", before.Note != after.Note), ("colour", before.Color != after.Color),
            ("labels", !before.Labels.Equals(after.Labels)), ("fields", !before.Fields.Equals(after.Fields)),
        ];
        return fields.Where(f => f.Differs).Select(f => f.Name);
    }

    private static string Word(MeasurementKind kind) => kind.ToString().ToLowerInvariant();

    private void Say(ReadMark mark, ImportOutcome outcome, string why) =>
        _lines.Add(new ImportLine(mark.Line, outcome, SiteRules.Short(mark.Name), why));
}
