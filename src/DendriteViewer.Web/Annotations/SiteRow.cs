namespace DendriteViewer.Web.Annotations;

/// <summary>A row of a table of sites.</summary>
/// <param name="Columns">Where each column is.</param>
/// <param name="Cells">The row; it may be shorter than the header.</param>
/// <param name="DecimalComma">Whether numbers may have a decimal comma.</param>
internal sealed record SiteRow(IReadOnlyDictionary<string, int> Columns, string[] Cells, bool DecimalComma)
    : CsvRow(Columns, Cells, DecimalComma)
{
    /// <summary>What the row says; the first thing that cannot be read makes the whole of it wrong.</summary>
    public SiteLine ToLine(int line)
    {
        var site = new SiteLine
        {
            Line = line, Id = Text("id"), Label = Text("label"), Note = Text("note"), Modality = Text("modality"), Author = Text("author"),
            FileAuthor = Text("file_author"), ZUm = Number("z_um"), YUm = Number("y_um"), XUm = Number("x_um"), Hours = Number("hours"),
            RadiusUm = Number("radius_um"), Status = Status(), JudgedIn = JudgedIn(),
            Labels = MarkColumns.Labels(Text("labels")), Track = Track(), Fields = MarkColumns.Fields(Columns, Cell), AreFieldsText = true,
            AreLabelsNames = true, Emptied = MarkColumns.Emptied(Columns, Cell), ChangedAt = ChangedAt(),
        };
        return Wrong is null ? site : new SiteLine { Line = line, Wrong = Wrong, Id = site.Id, Label = site.Label };
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

        Refuse($"Its track_h_zyx_um is '{SiteRules.Short(cell)}', not hours and z, y, x as 1.5 10 20 30; 3 11 20 30; correct it.");
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
                Refuse($"Its status is '{SiteRules.Short(other)}'; it is proposed, confirmed or rejected.");
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
        if (read is null)
        {
            Refuse($"Its judged_in is '{SiteRules.Short(cell)}', not scans as projection 3.2 h; nano-phase 3.2 h v2; "
                + "correct it, or leave it empty.");
        }

        return read;
    }
}
