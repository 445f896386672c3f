using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Exchange;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Measurements;

/// <summary>
/// The measurements of every dataset. What is written has been checked and computed by <see cref="Measurer"/>. Whoever calls has been
/// authorized.
/// </summary>
/// <param name="database">Where the log is kept.</param>
/// <param name="time">The clock.</param>
/// <param name="journal">The server's journal; null for one of its own.</param>
/// <param name="schemas">The labels and fields by which they are judged; null for a log of them in the same journal.</param>
public sealed class MeasurementLog(
    IDbContextFactory<DendriteDb> database, TimeProvider time, EditJournal? journal = null, SchemaLog? schemas = null)
    : EditLog<Measurement, MeasurementEdit>(database, journal, time, "measurement")
{
    /// <summary>Measurements of a dataset at most, deleted ones included.</summary>
    public const int MostMeasurements = 2000;

    private SchemaLog? _schemas = schemas;

    private SchemaLog Schemas => _schemas ??= new SchemaLog(Database, Time, Journal);

    /// <summary>How measurements are written. A number of a kind or a field that nobody knows is refused, not skipped.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <inheritdoc/>
    protected override JsonSerializerOptions Options => Json;

    /// <inheritdoc/>
    protected override string IdColumn => nameof(MeasurementEdit.MeasurementId);

    // Numbers are of the shape that they were computed for.
    /// <inheritdoc/>
    protected override FieldRules Fields { get; } = new(
        ["id", "version", "author", "changedAt", "deleted", "result"],
        new FieldGroup("shape", "kind", "pointsUm", "right", "down", "thicknessUm", "widthUm", "hours", "modality")
        {
            Derived = ["result"],
        }) { HasMembers = true };

    /// <summary>The measurements that are not deleted, by scan and name.</summary>
    public async Task<IReadOnlyList<Measurement>> ListAsync(DatasetIdentity dataset, CancellationToken ct = default) =>
        Sorted(await CurrentAsync(dataset, ct));

    /// <summary>Measurements in the order of lists.</summary>
    internal static IReadOnlyList<Measurement> Sorted(IEnumerable<Measurement> all) =>
        [.. all.OrderBy(m => m.Hours).ThenBy(m => m.Kind).ThenBy(m => m.Label.Length).ThenBy(m => m.Label, StringComparer.Ordinal)
            .ThenBy(m => m.Id, StringComparer.Ordinal)];

    /// <summary>The measurement of an id, or null.</summary>
    public async Task<Measurement?> FindAsync(DatasetIdentity dataset, string id, CancellationToken ct) =>
        (await CurrentAsync(dataset, ct)).FirstOrDefault(m => m.Id == id);

    /// <summary>Adds a measurement.</summary>
    /// <exception cref="ArgumentException">The dataset would hold more than it can.</exception>
    public async Task<Measurement> AddAsync(DatasetIdentity dataset, Measurement computed, Editor by, CancellationToken ct) =>
        (await EditAsync(dataset, by, board => board.Count < MostMeasurements
            ? [computed with
            {
                Id = NewId(), Author = by.Person.Name, Deleted = false,
                Label = computed.Label.Length > 0 ? computed.Label : NextLabel(board.Values, computed.Kind),
            }]
            : throw new ArgumentException($"A dataset holds at most {MostMeasurements} measurements, deleted ones included."),
            "draw", ct))[0];

    /// <summary>Changes a measurement; its version is the one it was changed from.</summary>
    /// <exception cref="EditConflictException">Somebody else changed it meanwhile.</exception>
    public async Task<Measurement> ChangeAsync(DatasetIdentity dataset, Measurement computed, Editor by, CancellationToken ct) =>
        (await EditAsync(dataset, by, board =>
        {
            var current = Unchanged(board, computed.Id, computed.Version);
            return [computed with { Author = current.Author, Deleted = false,
                Label = computed.Label.Length > 0 ? computed.Label : current.Label }];
        }, "change", ct))[0];

    /// <summary>What annotations of a file would do; nothing is written.</summary>
    /// <param name="file">The file's part, and how it is taken.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ArgumentException">The dataset would hold more than it can.</exception>
    internal async Task<ImportReport> PreviewAsync(DrawnFile file, CancellationToken ct) =>
        ImportReport.Of(file.Plan(await BoardAsync(file.Dataset.Identity, ct), NewId).Lines);

    /// <summary>
    /// Annotations of a file as one edit, to be written with what else the file has; whoever brings them in is the author of new ones.
    /// </summary>
    /// <param name="file">The file's part, and how it is taken.</param>
    /// <param name="by">Who brings them in.</param>
    /// <param name="ct">Gives up before the write.</param>
    internal ImportWriting BeginImport(DrawnFile file, Editor by, CancellationToken ct)
    {
        ImportReport? report = null;
        var writing = Begin(file.Dataset.Identity, by, board =>
        {
            var (lines, wanted) = file.Plan(board, NewId);
            report = ImportReport.Of(lines);
            report.RefuseWrong(file.Choice);
            return [.. wanted.Select(m => m with
            {
                Author = board.TryGetValue(m.Id, out var known) ? known.Author : by.Person.Name,
            })];
        }, new EditNote("import") { What = EditWhat.Import }, ct);
        return new ImportWriting(writing.Edit, () => report!, writing.FinishAsync);
    }

    /// <summary>A name that no measurement of a kind has: Ruler 1, Ruler 2 and so on.</summary>
    internal static string NextLabel(IEnumerable<Measurement> all, MeasurementKind kind) => LabelOf(kind, LastNumber(all, kind) + 1);

    /// <summary>The largest number that a name of a kind has; 0 where none has one.</summary>
    internal static int LastNumber(IEnumerable<Measurement> all, MeasurementKind kind) =>
        all.Select(m => NumberOf(m.Label, kind)).DefaultIfEmpty(0).Max();

    /// <summary>The number in a name as Ruler 3; 0 where it is none of the kind.</summary>
    internal static int NumberOf(string label, MeasurementKind kind) => $"{kind} " is var name
        && label.StartsWith(name, StringComparison.Ordinal)
        && int.TryParse(label.AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n < int.MaxValue ? n : 0;

    /// <summary>A kind's name with a number.</summary>
    internal static string LabelOf(MeasurementKind kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind} {number}");

    /// <inheritdoc/>
    public override Task<AnnotationSchema> SchemaAsync(DatasetIdentity dataset, CancellationToken ct) => Schemas.OfAsync(dataset, ct);

    // Its shape is measured anew, which takes a call of its own.
    /// <inheritdoc/>
    protected override Measurement Judged(Dataset dataset, Measurement after, Measurement before, AnnotationSchema schema)
    {
        if (after.Label is null || after.Color is null || after.Label.Trim().Length == 0)
        {
            throw new ArgumentException("A measurement needs a label, and a colour that may be empty.");
        }

        MeasurementRules.CheckLook(after);
        MarkRules.Check(
            schema, after.Label, MarkRules.KindOf(after), (after.Labels, after.Fields), (before.Labels, before.Fields));
        return Fields.Changed(ToJson(after), ToJson(before)).All(g => g.Name is "label" or "color" or "note" or "labels" or "fields")
            ? after
            : throw new ArgumentException("A measurement's shape is changed by measuring it anew.");
    }

    /// <inheritdoc/>
    protected override Measurement Nameless(Measurement item) => item with { Author = "" };

    /// <inheritdoc/>
    protected override MeasurementEdit RowOf(DatasetIdentity dataset, Measurement after, string state, Person by, long at) => new()
    {
        DatasetIdentity = dataset.Value, MeasurementId = after.Id, Version = after.Version, State = state, ByKey = by.Key, ByName = by.Name,
        At = at,
    };

    /// <inheritdoc/>
    protected override string IdOf(MeasurementEdit row) => row.MeasurementId;

    /// <inheritdoc/>
    protected override string NameOf(Measurement item) => item.Label;
}
