using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Web.Components;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Web.Tests.Components;

/// <summary>Numbers as people type them.</summary>
public sealed class NumberTextTests
{
    private static readonly NumberRange s_range = new("The radius", -1e9, 1e9, "µm");

    [Theory]
    [InlineData("12.5", 12.5)]
    [InlineData(" 1.2e4 ", 12000)]
    [InlineData("1.2E-05", 1.2e-5)]
    [InlineData("1,5", 1.5)]
    [InlineData("1,2e4", 12000)]
    [InlineData("−3", -3)]
    [InlineData("+3.", 3)]
    [InlineData("12 000", 12000)]
    [InlineData("12\u202F000,5", 12000.5)]
    [InlineData("7 µm", 7)]
    public void Number_InALanguageWithADecimalComma_IsRead(string text, double expected) =>
        Assert.Equal((expected, null), NumberText.Parse(text, s_range, decimalComma: true, whole: false));

    [Theory]
    [InlineData("1,5", false, "as 1.5.")]
    [InlineData("12,000", false, "as 12000.")]
    [InlineData("1.234,5", true, "as 1234.5.")]
    [InlineData("1,234,567", true, "as 1234567.")]
    [InlineData("abc", true, "“abc” is not a number")]
    [InlineData("1 2", true, "“1 2” is not a number")]
    [InlineData("NaN", true, "not a number")]
    [InlineData("1e999", true, "Give -1E+9 to 1E+9 µm.")]
    [InlineData("2000000000", true, "Give -1E+9 to 1E+9 µm.")]
    public void Number_ThatIsNoneOrUnclear_IsRefusedWithASentence(string text, bool comma, string sentence) =>
        Assert.Contains(sentence, NumberText.Parse(text, s_range, comma, whole: false).Refusal);

    [Fact]
    public void Fraction_WhereAWholeNumberIsMeant_IsRefused() =>
        Assert.Equal("Give a whole number.", NumberText.Parse("1.5", s_range, decimalComma: false, whole: true).Refusal);

    // What a field shows it also understands, in every language.
    [Fact]
    public void ShownNumber_TypedAgain_IsTheSameToSixDecimals()
    {
        var number = from digits in Gen.Choose(-999_999, 999_999) from power in Gen.Choose(-12, 2) select digits * Math.Pow(10, power);
        Prop.ForAll(number.ToArbitrary(), ArbMap.Default.ArbFor<bool>(), (value, comma) =>
        {
            var (read, refusal) = NumberText.Parse(NumberText.Format(value), s_range, comma, whole: false);
            return refusal is null && Math.Abs(read - value) <= Math.Max(Math.Abs(value) * 1e-6, 0) + (Math.Abs(value) >= 1e-4 ? 5e-7 : 0);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void AnyText_IsANumberInTheRangeOrRefused()
    {
        var text = Gen.Elements("0123456789.,-+eE \u00A0\u2212µm".ToCharArray()).ArrayOf().Select(c => new string(c));
        Prop.ForAll(text.ToArbitrary(), ArbMap.Default.ArbFor<bool>(), (typed, comma) =>
        {
            var (value, refusal) = NumberText.Parse(typed, s_range, comma, whole: false);
            return refusal is null ? s_range.Contains(value) : refusal.EndsWith('.');
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }
}
