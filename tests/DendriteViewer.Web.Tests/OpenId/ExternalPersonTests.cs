using System.Security.Claims;
using DendriteViewer.Web.OpenId;

namespace DendriteViewer.Web.Tests.OpenId;

/// <summary>What is taken of a provider's claims.</summary>
public sealed class ExternalPersonTests
{
    private static readonly OpenIdOptions s_provider = new() { Name = "Campus", GroupsClaim = "groups" };

    [Theory]
    [InlineData("sub=a email=a@b.c email_verified=true", "a@b.c", true)]
    [InlineData("sub=a email=a@b.c email_verified=false", "a@b.c", false)]
    [InlineData("sub=a email=a@b.c", "a@b.c", false)]
    [InlineData("sub=a email_verified=true", null, false)]
    [InlineData("sub=a email=a@b.c email_verified=true email_verified=false", "a@b.c", false)]
    [InlineData("sub=a email=a@b.c email=x@y.z email_verified=true", null, false)]
    [InlineData("sub=a email=a@b.c email=a@b.c email_verified=true", "a@b.c", true)]
    public void Email_IsVerifiedOnlyWhereAllThatTheProviderSaysAgrees(string claims, string? email, bool isVerified)
    {
        var person = ExternalPerson.Of(s_provider, Of(claims))!;
        Assert.Equal((email, isVerified), (person.Email, person.IsVerified));
    }

    [Fact]
    public void Subject_ThatIsMissingOrTooLong_IsNobody()
    {
        Assert.Null(ExternalPerson.Of(s_provider, Of("email=a@b.c email_verified=true")));
        Assert.Null(ExternalPerson.Of(s_provider, Of("sub=" + new string('x', 256))));
    }

    [Theory]
    [InlineData("sub=a groups=x groups=y", 2)]
    [InlineData("sub=a", 0)]
    [InlineData("sub=a hasgroups=true", null)]
    [InlineData("sub=a _claim_names={\"groups\":\"src1\"}", null)]
    public void Groups_AreUnknownWhereTheProviderDoesNotSendAll(string claims, int? expected) =>
        Assert.Equal(expected, ExternalPerson.Of(s_provider, Of(claims))!.Groups?.Count);

    [Fact]
    public void Groups_OfAProviderWithoutAClaimForThemOrOfTooMany_AreUnknown()
    {
        Assert.Null(ExternalPerson.Of(new OpenIdOptions { Name = "ORCID" }, Of("sub=a groups=x"))!.Groups);
        var many = string.Concat(Enumerable.Range(0, 201).Select(i => $" groups=g{i}"));
        Assert.Null(ExternalPerson.Of(s_provider, Of("sub=a" + many))!.Groups);
    }

    [Fact]
    public void Person_WrittenIntoTheCookieAndRead_IsTheSame()
    {
        foreach (var person in new[]
        {
            new ExternalPerson("campus", "a", "a@b.c", true, "Ada", ["x", "y"]), new ExternalPerson("campus", "a", null, false, null, null),
            new ExternalPerson("campus", "a", null, false, null, [], DateTimeOffset.FromUnixTimeSeconds(1_790_000_000)),
        })
        {
            var read = ExternalPerson.Read(person.ToPrincipal())!;
            Assert.Equal(person with { Groups = null }, read with { Groups = null });
            Assert.Equal(person.Groups, read.Groups);
        }

        Assert.Null(ExternalPerson.Read(new ClaimsPrincipal(new ClaimsIdentity())));
    }

    [Theory]
    [InlineData("sub=a auth_time=1790000000", 1_790_000_000L)]
    [InlineData("sub=a", null)]
    [InlineData("sub=a auth_time=-5", null)]
    [InlineData("sub=a auth_time=9223372036854775807", null)]
    [InlineData("sub=a auth_time=soon", null)]
    public void Time_OfTheSignInThere_IsReadWhereItIsOne(string claims, long? seconds) =>
        Assert.Equal(seconds, ExternalPerson.Of(s_provider, Of(claims))!.ProvedAt?.ToUnixTimeSeconds());

    private static ClaimsPrincipal Of(string claims) => new(new ClaimsIdentity(
        claims.Split(' ').Select(c => new Claim(c[..c.IndexOf('=')], c[(c.IndexOf('=') + 1)..]))));
}
