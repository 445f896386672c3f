using System.Text;
using DendriteViewer.Web.Accounts.SignIn;

namespace DendriteViewer.Web.Tests.Accounts.SignIn;

public sealed class TotpTests
{
    private static readonly byte[] s_key = Encoding.ASCII.GetBytes("12345678901234567890");

    // Appendix B of RFC 6238; the last six of its eight digits.
    [Theory]
    [InlineData(59, 287082)]
    [InlineData(1111111109, 81804)]
    [InlineData(1111111111, 50471)]
    [InlineData(1234567890, 5924)]
    [InlineData(2000000000, 279037)]
    [InlineData(20000000000, 353130)]
    public void Codes_OfTheStandardsKey_AreTheStandards(long seconds, int code)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(seconds);
        Assert.Equal(code, Totp.CodeOf(s_key, Totp.StepOf(now)));
        Assert.Equal(Totp.StepOf(now), Totp.Match(s_key, code, now, 0));
        Assert.Equal(Totp.StepOf(now), Totp.Match(s_key, code, now.AddSeconds(30), 0));
        Assert.Null(Totp.Match(s_key, code, now.AddSeconds(60), 0));
        Assert.Null(Totp.Match(s_key, code, now, Totp.StepOf(now)));
    }

    // RFC 4648, chapter 10, without padding.
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_OfTheStandardsTexts_IsTheStandards(string text, string expected) =>
        Assert.Equal(expected, Totp.ToBase32(Encoding.ASCII.GetBytes(text)));
}
