using System.Text;
using DendriteViewer.Analysis.TimeSeries.Events;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.TimeSeries.Events;

public sealed class EventLogTests
{
    private static readonly ElectroEvent[] s_found = [new(EventKind.CurrentOn, 0, 0.99), new(EventKind.SoftShort, 2, 0.7),
        new(EventKind.HardShort, 2.9, 0.95)];

    private static EventLog Edited() => EventLog.Empty
        .With(new MoveEvent(s_found[1].Id, 2.1) { By = "A" }, s_found)
        .With(new RetypeEvent(s_found[1].Id, EventKind.ContactLoss), s_found)
        .With(new AddEvent(EventKind.Limit, 1.5, null, "seen in the log book"), s_found)
        .With(new DeleteEvent(s_found[2].Id), s_found);

    [Fact]
    public void Log_EveryVersion_CanBeHadAgain()
    {
        var log = Edited();
        Assert.Equal(4, log.Version);
        Assert.Equal(s_found, log.Apply(s_found, 0).Events);
        Assert.Equal(2.1, log.Apply(s_found, 1).Events[1].Hours);
        Assert.Equal(EventKind.ContactLoss, log.Apply(s_found, 2).Events[1].Kind);
        Assert.Equal([EventKind.CurrentOn, EventKind.Limit, EventKind.ContactLoss], log.Apply(s_found).Events.Select(e => e.Kind));
    }

    [Fact]
    public void Log_AnEventThatIsMovedAndRetyped_KeepsItsName() =>
        Assert.Equal(s_found[1].Id, Edited().Apply(s_found, 2).Events[1].Id);

    [Fact]
    public void Log_EventsThatSomebodyChanged_AreNamedWithTheirLastEntry()
    {
        var edited = Edited().Apply(s_found);
        Assert.IsType<RetypeEvent>(edited.Edited[s_found[1].Id]);
        Assert.IsType<AddEvent>(edited.Edited[edited.Events.Single(e => e.Kind == EventKind.Limit).Id]);
        Assert.DoesNotContain(s_found[0].Id, edited.Edited.Keys);
        Assert.Equal("A", Edited().Apply(s_found, 1).Edited[s_found[1].Id].By);
    }

    [Fact]
    public void Log_EditsOfWhatIsNotFoundAnyMore_ChangeNothingAndAreListed()
    {
        var edited = Edited().Apply([s_found[0]]);
        Assert.Equal(3, edited.Lost.Count);
        Assert.Equal([EventKind.CurrentOn, EventKind.Limit], edited.Events.Select(e => e.Kind));
    }

    [Fact]
    public void Log_EditsThatFitNothing_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => EventLog.Empty.With(new DeleteEvent("soft-short@1"), s_found));
        Assert.Throws<ArgumentException>(() => EventLog.Empty.With(new MoveEvent(s_found[0].Id, double.NaN), s_found));
        Assert.Throws<ArgumentException>(() => EventLog.Empty.With(new AddEvent(EventKind.SoftShort, 2), s_found));
        Assert.Throws<ArgumentException>(() => Edited().With(new DeleteEvent(s_found[2].Id), s_found));
    }

    [Fact]
    public void Log_WrittenAndRead_IsTheSame()
    {
        var log = Edited();
        Assert.Equal(log.Edits, EventLog.Parse(log.ToJson(), "events.json").Edits);
    }

    [Fact]
    public void Log_Damaged_IsReadOrRefusedWithItsName()
    {
        var random = new Random(3);
        var seed = Edited().ToJson();
        for (var i = 0; i < Mutants.Count(2000); i++)
        {
            var bytes = Mutants.Text(random, seed);
            Mutants.IsRead(
                "events.json", bytes.Length, () => EventLog.Parse(bytes, "events.json").Apply(s_found), () => { }, onThisThread: true);
        }

        Assert.Throws<MeasurementException>(() => EventLog.Parse(Encoding.UTF8.GetBytes("{\"edits\":[null]}"), "events.json"));
    }
}
