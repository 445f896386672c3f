using System.Globalization;

namespace DendriteViewer.Web.Annotations;

/// <summary>A row of a CSV, whose cells are found by the names of their columns.</summary>
/// <param name="Columns">Where each column is.</param>
/// <param name="Cells">The row; it may be shorter than the header.</param>
/// <param name="DecimalComma">Whether numbers may have a decimal comma.</param>
internal sealed record SiteRow(IReadOnlyDictionary<string, int> Columns, string[] Cells, bool DecimalComma)
{
    private string? _wrong;

    /// <summary>What the row says; the first thing that cannot be read makes the whole of it wrong.</summary>
    public SiteLine ToLine(int line)
    {
        var site = new SiteLine
        {
            Line = line, Id = Text("id"), Label = Text("label"), Note = Text("note"), Modality = Text("modality"), Author = Text("author"),
            FileAuthor = Text("file_author"), ZUm = Number("z_um"), YUm = Number("y_um"), XUm = Number("x_um"), Hours = Number("hours"),
            RadiusUm = Number("radius_um"), Status = Status(), JudgedIn = JudgedIn(),
            Labels = MarkColumns.Labels(Text("labels")), Track = Track(), Fields = MarkColumns.Fields(Columns, Cell), AreFieldsText = true,
            ChangedAt = ChangedAt(),
        };
        return _wrong is null ? site : new SiteLine { Line = line, Wrong = _wrong, Id = site.Id, Label = site.Label };
    }

    private string? Cell(string name) => Columns.TryGetValue(name, out var c) && c < Cells.Length ? Cells[c] : null;

    private string? Text(string name) => Cell(name) is { } cell ? CsvCells.Unguarded(cell) : null;

    private double? Number(string name)
    {
        if (Cell(name)?.Trim() is not { Length: > 0 } cell)
        {
            return null;
        }

        var written = DecimalComma && !cell.Contains('.') ? cell.Replace(',', '.') : cell;
        if (double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) && double.IsFinite(v))
        {
            return v;
        }

        _wrong ??= $"Its {name} is '{SiteRules.Short(cell)}', not a number; correct it.";
        return null;
    }

    private ValueList<SitePosition>? Track()
    {
        if (Cell("track_h_zyx_um") is not { } cell)
        {
            return null;
        }

        if (MarkColumns.Track(cell) is { } track)
        {
            return track;
        }

        _wrong ??= $"Its track_h_zyx_um is '{SiteRules.Short(cell)}', not hours and z, y, x as 1.5 10 20 30; 3 11 20 30; correct it.";
        return null;
    }

    private SiteStatus? Status()
    {
        switch (Cell("status")?.Trim().ToLowerInvariant())
        {
            case null or "":
                return null;
            case "proposed":
                return SiteStatus.Proposed;
            case "confirmed":
                return SiteStatus.Confirmed;
            case "rejected":
                return SiteStatus.Rejected;
            case var other:
                _wrong ??= $"Its status is '{SiteRules.Short(other)}'; it is proposed, confirmed or rejected.";
                return null;
        }
    }

    private JudgedVolumes? JudgedIn()
    {
        if (Text("judged_in")?.Trim() is not { Length: > 0 } cell)
        {
            return null;
        }

        var read = JudgedVolumes.TryParse(cell);
        _wrong ??= read is not null ? null
            : $"Its judged_in is '{SiteRules.Short(cell)}', not scans as projection 3.2 h; nano-phase 3.2 h v2; "
                + "correct it, or leave it empty.";
        return read;
    }

    private long? ChangedAt()
    {
        if (Cell("changed_utc")?.Trim() is not { Length: > 0 } cell)
        {
            return null;
        }

        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParse(cell, CultureInfo.InvariantCulture, utc, out var at))
        {
            return at.ToUnixTimeMilliseconds();
        }

        _wrong ??= $"Its changed_utc is '{SiteRules.Short(cell)}', not a time as 2026-01-31T12:00:00Z; correct it, or leave it empty.";
        return null;
    }
}
