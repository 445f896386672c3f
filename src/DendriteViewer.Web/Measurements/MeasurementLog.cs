using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Exchange;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Viewing;
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

    // How far a shape that is kept may be from what was sent, in µm, hours and parts of a unit vector: points are rounded to a picometre.
    private const double MostRounding = 1e-6;

    // What an operation gives of a new measurement.
    private static readonly string[] s_given =
        ["kind", "pointsUm", "right", "down", "thicknessUm", "widthUm", "hours", "modality", "label", "color", "note", "labels", "fields"];

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
            Derived = ["result"], Tolerance = MostRounding,
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
        (await EditAsync(dataset, by, board => [New(board, computed with { Id = NewId() }, by)], AddVerb, ct))[0];

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

    /// <inheritdoc/>
    protected override string AddVerb => "draw";

    /// <summary>What an operation wants to have measured; null where it leaves every shape as it is.</summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="op">The operation.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The measurement as it was sent; of a change its shape, and the name by which messages call it.</returns>
    /// <exception cref="ArgumentException">Its fields cannot be read; the sentence says which.</exception>
    internal async Task<Measurement?> WantedAsync(DatasetIdentity dataset, EditOp op, CancellationToken ct)
    {
        if (op.Kind != Kind || op.Do is not (EditAction.Add or EditAction.Change))
        {
            return null;
        }

        if (op.Do == EditAction.Add)
        {
            return op.Fields?.Select(f => f.Key).FirstOrDefault(f => !s_given.Contains(f)) is { } other
                ? throw new ArgumentException($"The field {SiteRules.Short(other)} is none that a new measurement is given; leave it out.")
                : Read(op.Fields ?? []);
        }

        var shape = Fields.GroupOf("pointsUm");
        if (op.Fields is null || !Array.Exists(shape.Fields, op.Fields.ContainsKey))
        {
            return null;
        }

        return Read(Fields.Only(shape, Fields.Complete(op.Fields, Kind))) with
        {
            Label = (await FindAsync(dataset, op.Id, ct))?.Label ?? "",
        };
    }

    /// <summary>What the server gives to an operation whose shape was measured: the shape as it is kept, and the result.</summary>
    internal JsonObject ComputedOf(Measurement measured)
    {
        var (json, shape) = (ToJson(measured), Fields.GroupOf("pointsUm"));
        return new JsonObject(shape.Fields.Concat(shape.Derived).Select(f => KeyValuePair.Create(f, json[f]?.DeepClone())));
    }

    /// <inheritdoc/>
    protected override Measurement Added(
        Dataset dataset, ImmutableDictionary<string, Measurement> board, EditOp op, Editor by, AnnotationSchema schema)
    {
        if (!SiteRules.IsId(op.Id))
        {
            throw new ArgumentException("A new measurement's id is 1 to 40 letters, digits, - and _.");
        }

        if (board.ContainsKey(op.Id))
        {
            throw new EditConflictException("There is a measurement with this id already.");
        }

        var fields = (JsonObject?)op.Fields?.DeepClone() ?? [];
        foreach (var (name, value) in op.Computed ?? throw new ArgumentException("A measurement is measured before it is added."))
        {
            fields[name] = value?.DeepClone();
        }

        var added = New(board, Read(fields) with { Id = op.Id }, by);
        MeasurementRules.CheckLook(added);
        MarkRules.Check(schema, added.Label, MarkRules.KindOf(added), (added.Labels, added.Fields), null);
        return added;
    }

    // A measurement as it is put among the others.
    private static Measurement New(ImmutableDictionary<string, Measurement> board, Measurement computed, Editor by) =>
        board.Count < MostMeasurements
            ? computed with
            {
                Author = by.Person.Name, Deleted = false,
                Label = computed.Label is "" ? NextLabel(board.Values, computed.Kind) : computed.Label,
            }
            : throw new ArgumentException($"A dataset holds at most {MostMeasurements} measurements, deleted ones included.");

    private static Measurement Read(JsonObject fields)
    {
        try
        {
            return fields.Deserialize<Measurement>(Json)!;
        }
        catch (JsonException e)
        {
            throw new ArgumentException(e.Path?.TrimStart('$', '.') is { Length: > 0 } path
                ? $"A field of the measurement cannot be read ({path})."
                : "A measurement has kind and pointsUm, hours and modality, as docs/measuring.md has it.", e);
        }
    }

    // Another shape comes with what was measured of it.
    /// <inheritdoc/>
    protected override Measurement Judged(
        Dataset dataset, Measurement after, Measurement before, EditOp op, AnnotationSchema schema)
    {
        if (after.Label is null || after.Color is null || after.Label.Trim().Length == 0)
        {
            throw new ArgumentException("A measurement needs a label, and a colour that may be empty.");
        }

        MeasurementRules.CheckLook(after);
        MarkRules.Check(
            schema, after.Label, MarkRules.KindOf(after), (after.Labels, after.Fields), (before.Labels, before.Fields));
        return Fields.Changed(ToJson(after), ToJson(before)).All(g => g.Name is "label" or "color" or "note" or "labels" or "fields"
            || (g.Name == "shape" && op.Computed is not null))
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

    /// <inheritdoc/>
    protected override string ViewOf(Measurement item) =>
        ViewLink.Of(item.Id, item.Modality, item.Hours, item.PointsUm.Length > 0 ? item.PointsUm[0] : []);

    /// <inheritdoc/>
    protected override void CheckRestored(Measurement then, Measurement? now, AnnotationSchema schema) => MarkRules.Check(
        schema, $"{then.Label} as it was", MarkRules.KindOf(then), (then.Labels, then.Fields),
        now is null or { Deleted: true } ? null : (now.Labels, now.Fields));
}
