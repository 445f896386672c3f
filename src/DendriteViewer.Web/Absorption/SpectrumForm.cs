using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Analysis.Cell;

namespace DendriteViewer.Web.Absorption;

/// <summary>What somebody says of a file of spectra in a form.</summary>
public sealed record SpectrumForm
{
    /// <summary>Column of µ, or what it is of the columns; null to go by names.</summary>
    public string? Column { get; init; }

    /// <summary>What is said of the spectra.</summary>
    public SpectrumDescription Said { get; init; } = new();

    /// <summary>When it was taken, where that is at an hour of the experiment.</summary>
    public double? Hours { get; init; }

    /// <summary>The licence of a reference.</summary>
    public string? Licence { get; init; }

    /// <summary>Where a reference comes from.</summary>
    public string? Source { get; init; }

    /// <summary>What is said of a file now: one that has an hour and no moment was taken at that hour.</summary>
    public static SpectrumForm Of(CellFile file)
    {
        var options = CellFileOptions.Parse(file.Options);
        var said = options.Spectrum ?? new();
        return new()
        {
            Column = options.Column,
            Said = said.Moment is null && file.StartHours is not null ? said with { Moment = SpectrumMoment.During } : said,
            Hours = file.StartHours, Licence = file.Licence, Source = file.Source,
        };
    }

    /// <summary>What may be wrong with it, in one sentence; null for nothing.</summary>
    /// <param name="isReference">Whether it is of a reference, whose licence and source have to be said.</param>
    public string? Problem(bool isReference) => this switch
    {
        _ when isReference && string.IsNullOrWhiteSpace(Licence) => "Say under what licence the reference may be used.",
        _ when isReference && string.IsNullOrWhiteSpace(Source) =>
            "Say where the reference comes from: a publication, an address, a beamline.",
        { Said.Moment: SpectrumMoment.During, Hours: null } => "Say at which hour it was taken.",
        _ => null,
    };

    /// <summary>How the file is read.</summary>
    /// <param name="before">What else its options say.</param>
    /// <exception cref="Imaging.Bounds.OutOfRangeException">The edge is none.</exception>
    public CellFileOptions ToOptions(CellFileOptions? before = null) => (before ?? new()) with
    {
        Column = Trimmed(Column), Spectrum = Said == new SpectrumDescription() ? null : Said.Checked(),
    };

    /// <summary>What is said of the file.</summary>
    /// <param name="file">Its id; empty of one that is added.</param>
    /// <param name="before">What is said of it now, which has more than the form.</param>
    public DescribeFile ToEdit(Guid file, CellFile? before = null) => new(
        file, Trimmed(Licence), Trimmed(Source), before?.Clock, StartHours(before),
        ToOptions(before is null ? null : CellFileOptions.Parse(before.Options)).ToJson());

    // A file may state an hour beside "before" or "after"; it is lost only where somebody says another moment.
    private double? StartHours(CellFile? before) => Said.Moment == SpectrumMoment.During ? Hours
        : before is not null && Of(before).Said.Moment == Said.Moment ? before.StartHours : null;

    /// <summary>When a spectrum was taken, as names of files most often say it; null where they do not.</summary>
    public static SpectrumMoment? MomentIn(string name)
    {
        bool Has(params ReadOnlySpan<string> words)
        {
            foreach (var word in words)
            {
                if (name.Contains(word, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }

            return false;
        }

        return Has("before", "pristine", "fresh") ? SpectrumMoment.Before : Has("after", "cycled") ? SpectrumMoment.After : null;
    }

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
