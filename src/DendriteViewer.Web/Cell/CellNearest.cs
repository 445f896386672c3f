namespace DendriteViewer.Web.Cell;

/// <summary>Which sweep or spectrum is nearest to a scan.</summary>
internal static class CellNearest
{
    /// <summary>What is to be open when a scan is chosen: of the file that is open where it has times, else of any.</summary>
    /// <param name="state">What belongs to the cell.</param>
    /// <param name="report">Its time axis.</param>
    /// <param name="open">What is open.</param>
    /// <param name="hours">Hours of the scan.</param>
    /// <returns>Null where nothing of the section has a time.</returns>
    public static CellOpen? Of(CellState state, CellReport report, CellOpen open, double hours)
    {
        if (open.Section == CellSection.Impedance)
        {
            var timed = report.Sweeps.Where(s => s.Hours is not null).ToList();
            var own = timed.Where(s => s.File.Id == open.File).ToList();
            return (own.Count > 0 ? own : timed).MinBy(s => Math.Abs(s.Hours!.Value - hours)) is { } sweep
                ? open with { File = sweep.File.Id, Item = sweep.Index } : null;
        }

        var spectra = state.Of(CellFileKind.Spectrum).Where(f => f.StartHours is not null);
        return open.Section == CellSection.Spectra && spectra.MinBy(f => Math.Abs(f.StartHours!.Value - hours)) is { } file
            && file.Id != open.File ? open with { File = file.Id, Item = null } : null;
    }
}
