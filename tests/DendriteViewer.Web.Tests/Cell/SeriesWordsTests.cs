using System.Text;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Analysis.TimeSeries;
using DendriteViewer.Analysis.TimeSeries.Cyclers;
using DendriteViewer.Analysis.TimeSeries.Events;
using DendriteViewer.Web.Cell;

namespace DendriteViewer.Web.Tests.Cell;

/// <summary>What the section says in words, and a file before it is added.</summary>
public sealed class SeriesWordsTests
{
    [Theory]
    [InlineData(1.23456, 0.0123, "1.235 ± 0.012")]
    [InlineData(40.04, 1.17, "40.0 ± 1.2")]
    [InlineData(-0.5, 0.00004, "-0.500000 ± 0.000040")]
    [InlineData(1236.2, 250.0, "1236 ± 250")]
    [InlineData(1.23456, 0.0, "1.2346")]
    [InlineData(1.5, null, "1.5")]
    [InlineData(0.000222, 1e-7, "0.000222 ± < 0.000001")]
    public void Value_WithItsDeviation_HasTheDigitsThatTheDeviationJustifies(double value, double? sigma, string said) =>
        Assert.Equal(said, ChargeWords.With(value, sigma));

    [Fact]
    public void Changes_OfEvents_AreNamedByKindAndTime()
    {
        Assert.Equal("Moving hard short of 2.9 h to 2.85 h", EventWords.Of(new MoveEvent("hard-short@104400", 2.85)));
        Assert.Equal("Deleting rest of 1 h", EventWords.Of(new DeleteEvent("rest@36000")));
        Assert.Equal("Changing an event to limit", EventWords.Of(new RetypeEvent("nothing", EventKind.Limit)));
        Assert.Equal("Adding soft short at 1.5 h", EventWords.Of(new AddEvent(EventKind.SoftShort, 1.5)));
    }

    [Fact]
    public void Clock_FoundAfterOneThatIsStated_LeadsToTheSameTimesAsBothInTurn()
    {
        var stated = new InstrumentClock(12, 30);
        var found = new ClockFit(40, 1, -50, 2, 5, 0);
        var both = CellClocks.After(stated, found);
        foreach (var h in new[] { -1.0, 0, 3.5, 100 })
        {
            Assert.Equal(found.ToReference(stated.ToTrue(h)), both.ToTrue(h), 1e-12);
        }

        Assert.Equal(1, both.OffsetSigma);
    }

    [Fact]
    public void Draft_WithAUnitThatDoesNotFit_IsRefusedAndReadOnceItIsSaid()
    {
        var bytes = Encoding.UTF8.GetBytes("Test Time / s,Voltage / V,I/kg\n0,3.1,1\n3600,3.2,2\n7200,3.3,3\n");
        var draft = new SeriesFileDraft("cell.csv", bytes, new CellFileOptions(), null);
        Assert.Equal(["voltage"], draft.Preview().Kinds);

        // The column that nobody knew is current, in mA.
        draft = draft.Mapped("I/kg", Quantity.Current);
        var refused = draft.Preview();
        Assert.Equal(Quantity.Current, refused.Table!.Columns[2].Quantity);
        draft = draft.InUnit("I/kg", "kg");
        Assert.Contains("kg is no unit of Current", draft.Preview().Refusal, StringComparison.Ordinal);
        Assert.NotNull(draft.Preview().Table);
        draft = draft.InUnit("I/kg", "mA");
        Assert.Null(draft.Preview().Refusal);
        Assert.Equal(["voltage", "current"], draft.Preview().Kinds);

        // What is said of a column ends with what it was said to be.
        Assert.Null(draft.Mapped("I/kg", null).Options.Units);
        Assert.Equal(new CellFileOptions(), draft.Mapped("I/kg", null).Options);
    }

    [Fact]
    public void Draft_WhoseColumnsNobodyKnows_ListsThemWithTheRefusal()
    {
        var draft = new SeriesFileDraft("a.csv", "Zeit;Spannung\n0;3,1\n1;3,2\n"u8.ToArray(), new CellFileOptions(), null);
        var preview = draft.Preview();
        Assert.NotNull(preview.Refusal);
        Assert.Equal(["Zeit", "Spannung"], preview.Table!.Columns.Select(c => c.Name));
        draft = draft.Mapped("Zeit", Quantity.TestTime).InUnit("Zeit", "s").Mapped("Spannung", Quantity.Voltage).InUnit("Spannung", "V");
        draft = draft.InUnit("Zeit", "s");
        Assert.Null(draft.Preview().Refusal);
    }

    [Theory]
    [InlineData("NEWARE0000")]
    [InlineData("")]
    [InlineData("nothing here")]
    public void Draft_OfWhatIsNoTable_SaysWhyAndListsNoColumns(string content)
    {
        var preview = new SeriesFileDraft("a.csv", Encoding.UTF8.GetBytes(content), new CellFileOptions(), null).Preview();
        Assert.NotNull(preview.Refusal);
        Assert.Null(preview.Table);
    }

    [Theory]
    [InlineData("a.csv: 'I' names no unit; say it, as in --unit \"I=A\" (A, mA).", "--unit")]
    [InlineData("a.csv: 't' is in milliseconds; correct the header, or say --repair-time to have it read so.", "--repair-time")]
    [InlineData("The date can be read in two ways; say --dates day-first or month-first to have it.", "--dates")]
    [InlineData("say --zone to have the hour put right.", "--zone")]
    [InlineData("say which it is with --map \"NAME=time\", one of 'a'.", "--map")]
    public void Sentences_ForThePage_NameNoOptionsOfTheCommand(string sentence, string option) =>
        Assert.DoesNotContain(option, CyclerWords.ForPage(sentence), StringComparison.Ordinal);
}
