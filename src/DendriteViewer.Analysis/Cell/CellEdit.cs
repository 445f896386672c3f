using System.Text.Json.Serialization;
using DendriteViewer.Analysis.TimeSeries.Events;

namespace DendriteViewer.Analysis.Cell;

/// <summary>A change of what belongs to a cell; one entry of its log.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(AddFile), "add")]
[JsonDerivedType(typeof(RemoveFile), "remove")]
[JsonDerivedType(typeof(DescribeFile), "describe")]
[JsonDerivedType(typeof(EditEvents), "event")]
[JsonDerivedType(typeof(TakeBackEvent), "take-back")]
[JsonDerivedType(typeof(RestoreEvents), "restore-events")]
[JsonDerivedType(typeof(SetSettings), "settings")]
public abstract record CellEdit;

/// <summary>A file belongs to the cell from now on.</summary>
/// <param name="File">The file, whose content the store has.</param>
public sealed record AddFile(CellFile File) : CellEdit;

/// <summary>A file belongs to it no more. Its content stays, so that earlier versions can be had.</summary>
/// <param name="File">Its id.</param>
public sealed record RemoveFile(Guid File) : CellEdit;

/// <summary>What is said of a file; all of it is replaced. Begin with <see cref="Of"/> to change a part.</summary>
/// <param name="File">Its id.</param>
/// <param name="Licence">As <see cref="CellFile.Licence"/>.</param>
/// <param name="Source">As <see cref="CellFile.Source"/>.</param>
/// <param name="Clock">As <see cref="CellFile.Clock"/>.</param>
/// <param name="StartHours">As <see cref="CellFile.StartHours"/>.</param>
/// <param name="Options">As <see cref="CellFile.Options"/>.</param>
public sealed record DescribeFile(
    Guid File, string? Licence, string? Source, InstrumentClock? Clock, double? StartHours, string? Options) : CellEdit
{
    /// <summary>What is said of a file now.</summary>
    public static DescribeFile Of(CellFile file) => new(file.Id, file.Licence, file.Source, file.Clock, file.StartHours, file.Options);

    /// <summary>The file as it says.</summary>
    internal CellFile Apply(CellFile file) => file with
    {
        Licence = Licence, Source = Source, Clock = Clock, StartHours = StartHours, Options = Options,
    };
}

/// <summary>An event of the cell is another, added or none.</summary>
/// <param name="Edit">The change; author and time are set by who keeps it.</param>
public sealed record EditEvents(EventEdit Edit) : CellEdit;

/// <summary>Takes a change of an event back, or makes it again: nothing else is touched.</summary>
/// <param name="Entry">Place in the log of the <see cref="EditEvents"/>.</param>
/// <param name="Again">Whether to make it again.</param>
public sealed record TakeBackEvent(int Entry, bool Again) : CellEdit;

/// <summary>
/// The events are again what they were at an earlier version: some changes of them are in force, all others are taken back. It names those
/// changes, so that what it means does not depend on what is taken back later.
/// </summary>
/// <param name="InForce">Places in the log of the <see cref="EditEvents"/> that are in force, ascending.</param>
public sealed record RestoreEvents(IReadOnlyList<int> InForce) : CellEdit
{
    /// <summary>The change that leads to the events of a state.</summary>
    /// <param name="then">The state; an empty one has the events as they are found.</param>
    public static RestoreEvents To(CellState then) => new(then.EventsInForce);
}

/// <summary>Settings of a page or a fit, kept by a name.</summary>
/// <param name="Key">Their name, as impedance/FILEID or absorption.</param>
/// <param name="Json">A JSON object or array; null removes them.</param>
public sealed record SetSettings(string Key, string? Json) : CellEdit;
