using DendriteViewer.Analysis.Cell;
using DendriteViewer.Imaging.Bounds;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Analysis.Tests.Cell;

public sealed class ChangeSettingsTests
{
    [Theory]
    [InlineData("""{"a":1,"b":2}""", """{"a":5,"b":2}""", """{"a":1,"b":7}""", """{"a":5,"b":7}""")]
    [InlineData("""{"pre":{"from":-30,"to":-10}}""", """{"pre":{"from":-25,"to":-10}}""", """{"pre":{"from":-30,"to":-10},"degree":1}""",
        """{"pre":{"from":-25,"to":-10},"degree":1}""")]
    [InlineData("""{"bounds":{"R1":{"least":1,"most":9}}}""", """{"bounds":{"R1":{"least":1,"most":9},"R2":{"least":1,"most":2}}}""",
        """{"bounds":{"R1":{"least":5,"most":9}}}""", """{"bounds":{"R1":{"least":5,"most":9},"R2":{"least":1,"most":2}}}""")]
    [InlineData("""{"circuit":"R0-R1","fixed":{"R1":2}}""", """{"circuit":"R0-C1"}""",
        """{"circuit":"R0-R1","fixed":{"R1":2},"mask":"f<1"}""", """{"circuit":"R0-C1","mask":"f<1"}""")]
    [InlineData("""{"a":1}""", """{}""", """{"a":1,"b":2}""", """{"b":2}""")]
    [InlineData(null, """{"a":1}""", """{"b":2}""", """{"a":1,"b":2}""")]
    [InlineData("""{"a":1}""", null, """{"a":1}""", null)]
    [InlineData("""{"a":1}""", """{"a":2}""", """{"a":2}""", """{"a":2}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[1,2],"c":0}""", """{"a":[1,2,3]}""", """{"a":[1,2,3],"c":0}""")]
    public void Change_OfOtherFieldsThanSomebodyElses_KeepsBoth(string? opened, string? mine, string? newest, string? merged)
    {
        var made = new ChangeSettings("absorption/S-K", opened, mine).On(With(newest));
        Assert.Equal(merged, made.Json);
    }

    [Theory]
    [InlineData("""{"degree":1,"b":2}""", """{"degree":2,"b":2}""", """{"degree":0,"b":2}""", "degree", "to 0, where you said 2")]
    [InlineData("""{"pre":{"from":-30,"to":-10}}""", """{"pre":{"from":-9,"to":-5}}""", """{"pre":{"from":-30,"to":-20}}""", "pre",
        """to {"from":-30,"to":-20}, where you said {"from":-9,"to":-5}""")]
    [InlineData("""{"bounds":{"R1":{"least":1,"most":9}}}""", """{"bounds":{"R1":{"least":8,"most":9}}}""",
        """{"bounds":{"R1":{"least":1,"most":2}}}""", "bounds.R1", """to {"least":1,"most":2}""")]
    [InlineData("""{"circuit":"R0-R1"}""", """{"circuit":"R0-C1"}""", """{"circuit":"R0-R1","fixed":{"R1":2}}""",
        "the circuit or its parameters", """{"circuit":"R0-R1","fixed":{"R1":2}}""")]
    [InlineData("""{"a":[1]}""", """{"a":[1,2]}""", """{"a":[1,3]}""", "a", "to [1,3], where you said [1,2]")]
    [InlineData("""{"a":1}""", null, """{"a":2}""", "all", "where you said nothing")]
    [InlineData("damaged", """{"a":1}""", """{"a":2}""", "all", "where you said")]
    public void Change_OfAFieldThatSomebodyElseChanged_IsRefusedWithBothValues(
        string? opened, string? mine, string? newest, string field, string said)
    {
        var refused = Assert.Throws<OutOfRangeException>(() => new ChangeSettings("absorption/S-K", opened, mine).On(With(newest)));
        Assert.Contains($"changed {field} of the settings", refused.Message, StringComparison.Ordinal);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was saved", refused.Message, StringComparison.Ordinal);
    }

    // Nobody's change is lost without a word: whatever two people do to one object, a field is as one of them set it, or it is refused.
    [Fact]
    public void Change_OfAnyTwoPeople_LosesNothingInSilence() => Prop.ForAll(
        Gen.Choose(0, 2).ArrayOf(9).ToArbitrary(), values =>
        {
            string Json(int from) => "{" + string.Join(',', Enumerable.Range(0, 3).Select(i => $"\"f{i}\":{values[from + i]}")) + "}";
            try
            {
                var made = new ChangeSettings("a", Json(0), Json(3)).On(With(Json(6))).Json!;
                for (var i = 0; i < 3; i++)
                {
                    var (opened, mine, theirs) = (values[i], values[3 + i], values[6 + i]);
                    Assert.Contains($"\"f{i}\":{(mine != opened ? mine : theirs)}", made, StringComparison.Ordinal);
                    Assert.True(mine == opened || theirs == opened || mine == theirs);
                }
            }
            catch (OutOfRangeException)
            {
                Assert.Contains(Enumerable.Range(0, 3), i =>
                    values[3 + i] != values[i] && values[6 + i] != values[i] && values[3 + i] != values[6 + i]);
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static CellState With(string? json) => CellState.Empty.With(new CellEntry
    {
        Sequence = 1, Dataset = "1", By = "Ada", Edit = new SetSettings("absorption/S-K", json),
    }).With(new CellEntry { Sequence = 2, Dataset = "1", By = "Ada", Edit = new SetSettings("a", json) });
}
