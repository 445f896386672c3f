using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Cell;

/// <summary>A section of the cell's tab.</summary>
public enum CellSection
{
    /// <summary>Curves over time and events.</summary>
    Series,

    /// <summary>Impedance.</summary>
    Impedance,

    /// <summary>X-ray absorption.</summary>
    Spectra,
}

/// <summary>What is open of a cell.</summary>
/// <param name="Section">The section.</param>
/// <param name="File">The file that is chosen in it; null for none.</param>
/// <param name="Item">The sweep or spectrum that is chosen of the file, from 0; null for none.</param>
public sealed record CellOpen(CellSection Section, Guid? File = null, int? Item = null);

/// <summary>
/// What is open of a cell in one page, and the time that is shown: series, sweeps, spectra and scans on one axis. It lives as long as the
/// session that it follows.
/// </summary>
public sealed class CellCursor
{
    private readonly ViewSession _session;
    private volatile CellOpen _open = new(CellSection.Series);
    private (string Modality, double Hours) _shown;
    private bool _isShown;

    /// <param name="session">The page's view.</param>
    public CellCursor(ViewSession session)
    {
        _session = session;
        _shown = (session.Current.View.Modality, session.Current.View.Hours);
        session.Changed += OnView;
    }

    /// <summary>Raised when something else is opened or another scan is shown; handlers must be quick.</summary>
    public event Action? Changed;

    /// <summary>
    /// Raised when another scan was chosen elsewhere than in the cell, with its hours, so that the nearest sweep or spectrum is chosen too.
    /// </summary>
    public event Action<double>? ScanChosen;

    /// <summary>Raised when a link or a bookmark opens something of the cell, so that the cell's tab is opened.</summary>
    public event Action? Asked;

    /// <summary>What is open.</summary>
    public CellOpen Open => _open;

    /// <summary>
    /// Whether the cell's tab is open, or is to be opened by a link, so that what is open there belongs to the page's link.
    /// </summary>
    public bool IsShown
    {
        get => _isShown;
        set
        {
            if (_isShown != value)
            {
                _isShown = value;
                Changed?.Invoke();
            }
        }
    }

    /// <summary>Hours of the scan that is shown.</summary>
    public double? Hours => _session.Volume(_session.Current.View).Key.Hours;

    /// <summary>How the section of series is looked at, kept while another section is open.</summary>
    public SeriesLook Look { get; set; } = SeriesLook.First;

    /// <summary>Opens a section, a file, a sweep or a spectrum.</summary>
    public void Show(CellOpen open)
    {
        if (_open != open)
        {
            _open = open;
            Changed?.Invoke();
        }
    }

    /// <summary>Opens what a link or a bookmark says, and the tab with it.</summary>
    public void Ask(CellOpen open)
    {
        (_open, _isShown) = (open, true);
        Changed?.Invoke();
        Asked?.Invoke();
    }

    /// <summary>Shows the scan nearest to a time.</summary>
    /// <param name="hours">Hours on the scans' clock.</param>
    public Task GoToAsync(double hours)
    {
        var view = _session.Current.View;
        if (double.IsFinite(hours) && _session.Dataset.Nearest(_session.Volume(view).Key.Modality, hours) is { } nearest)
        {
            _session.Go(v => v with { Hours = nearest.Key.Hours }, this);
        }

        return Task.CompletedTask;
    }

    private void OnView(ViewRevision revision, object? by)
    {
        var shown = (revision.View.Modality, revision.View.Hours);
        if (shown != _shown)
        {
            _shown = shown;
            Changed?.Invoke();

            // Of whoever goes to the scan of a sweep, the sweep stays chosen.
            if (by != this)
            {
                ScanChosen?.Invoke(shown.Hours);
            }
        }
    }
}
