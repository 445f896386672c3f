using DendriteViewer.Web.Comments;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Web.Tests.Comments;

public sealed class MentionTextTests
{
    private static readonly Mention s_ann = new("1", "Ann"), s_annLee = new("2", "Ann Lee"), s_jose = new("3", "José");

    private static readonly Mention[] s_people = [s_ann, s_annLee, s_jose];

    [Theory]
    [InlineData("@Ann", "1")]
    [InlineData("see @Ann Lee, please", "2")]
    [InlineData("@ann lee and @JOSÉ", "2 3")]
    [InlineData("@Ann, @Ann Lee @Ann", "1 2")]
    [InlineData("(@José)", "3")]
    [InlineData("@Anna", "")]
    [InlineData("ann@Ann", "")]
    [InlineData("@ Ann", "")]
    [InlineData("@@Ann", "1")]
    [InlineData("@", "")]
    public void Find_NamesBehindAt_AreTheLongestThatStandAlone(string text, string keys) =>
        Assert.Equal(keys, string.Join(' ', MentionText.Find(text, s_people).Select(m => m.Key)));

    [Fact]
    public void Split_AnyText_PutTogetherIsTheText()
    {
        var parts = Gen.Elements("@", "Ann", "Ann Lee", "José", " ", "x", "@Ann", "\n", "é", "_");
        var texts = Gen.ListOf(parts).Select(p => string.Concat(p)).ToArbitrary();
        Prop.ForAll(texts, text =>
        {
            var pieces = MentionText.Split(text, s_people);
            return string.Concat(pieces.Select(p => p.Text)) == text && pieces.All(p => p.Text.Length > 0)
                && pieces.All(p => p.Mention is null || string.Equals(p.Text, "@" + p.Mention.Name, StringComparison.OrdinalIgnoreCase));
        }).QuickCheckThrowOnFailure();
    }
}
