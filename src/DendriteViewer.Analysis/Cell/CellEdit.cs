using System.Text.Json.Serialization;
using DendriteViewer.Analysis.TimeSeries.Events;
using DendriteViewer.Imaging.Bounds;

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

/// <summary>
/// What a form changed of what is said of a file. It is made a <see cref="DescribeFile"/> on the newest state, so that what others saved
/// while the form was open stays; it is never an entry of the log itself.
/// </summary>
/// <param name="Opened">What was said when the form was opened.</param>
/// <param name="Mine">What the form says.</param>
public sealed record ChangeFile(DescribeFile Opened, DescribeFile Mine) : CellEdit
{
    /// <summary>A change of some of what is said of a file.</summary>
    /// <param name="opened">The file as whoever changes it saw it.</param>
    /// <param name="change">The change.</param>
    public static ChangeFile Of(CellFile opened, Func<DescribeFile, DescribeFile> change) =>
        new(DescribeFile.Of(opened), change(DescribeFile.Of(opened)));

    /// <summary>What the file is said to be with this change: fields that the form left alone are those of the newest state.</summary>
    /// <param name="now">The newest state.</param>
    /// <exception cref="OutOfRangeException">The file is gone, or somebody else changed the same field meanwhile.</exception>
    public DescribeFile On(CellState now)
    {
        var file = now.Find(Mine.File) ?? throw new OutOfRangeException(
            "This file does not belong to the cell any more; somebody removed it.");
        return new DescribeFile(
            file.Id,
            Merge("licence", Opened.Licence, Mine.Licence, file.Licence),
            Merge("source", Opened.Source, Mine.Source, file.Source),
            Merge("clock", Opened.Clock, Mine.Clock, file.Clock),
            Merge("start", Opened.StartHours, Mine.StartHours, file.StartHours),
            Merge("options of how it is read", Opened.Options, Mine.Options, file.Options));

        T Merge<T>(string field, T opened, T mine, T newest)
        {
            var equal = EqualityComparer<T>.Default;
            return equal.Equals(mine, opened) || equal.Equals(mine, newest) ? newest
                : equal.Equals(newest, opened) ? mine : throw new OutOfRangeException(
                    $"Somebody else changed the {field} of {file.Name} meanwhile, so that nothing was saved. Close this, look at what it "
                    + "is now, and change it again.");
        }
    }
}

/// <summary>
/// What somebody changed of settings that they saw. It is made <see cref="SetSettings"/> on the newest state, field by field, so that
/// what others saved meanwhile stays; it is never an entry of the log itself.
/// </summary>
/// <param name="Key">Their name.</param>
/// <param name="Opened">What they were when they were seen; null for none.</param>
/// <param name="Mine">What they should be; null for none.</param>
public sealed record ChangeSettings(string Key, string? Opened, string? Mine) : CellEdit
{
    /// <summary>The settings with this change.</summary>
    /// <param name="now">The newest state.</param>
    /// <exception cref="OutOfRangeException">Somebody else changed the same field meanwhile; the sentence has both values.</exception>
    public SetSettings On(CellState now) =>
        new(Key, SettingsMerge.Of(Key, Opened, Mine, now.Settings.GetValueOrDefault(Key)));
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
