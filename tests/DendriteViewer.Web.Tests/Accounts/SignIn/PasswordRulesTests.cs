using DendriteViewer.Web.Accounts.SignIn;

namespace DendriteViewer.Web.Tests.Accounts.SignIn;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("short", "10 to 200")]
    [InlineData("1234567890", "Many people")]
    [InlineData("Password123!", "Many people")]
    [InlineData("!!letmein2026", "Many people")]
    [InlineData("dragondragon", "Many people")]
    [InlineData("qwertyuiop", "Many people")]
    [InlineData("ababababab", "too few")]
    [InlineData("lovelace-is-here", "your own name")]
    [InlineData("xx countess xx", "your own name")]
    public void Password_ThatIsGuessedFirst_IsRefusedWithTheReason(string password, string reason) =>
        Assert.Contains(reason, PasswordRules.Problem(password, "Ada Lovelace", "countess@example.org"));

    [Theory]
    [InlineData("a long password")]
    [InlineData("violet scanner drifts north")]
    [InlineData("ηλεκτρολύτης")]
    [InlineData("0123abcd89fe7741")]
    public void Password_OfWhicheverCharacters_IsTaken(string password) =>
        Assert.Null(PasswordRules.Problem(password, "Ada Lovelace", "countess@example.org"));
}
