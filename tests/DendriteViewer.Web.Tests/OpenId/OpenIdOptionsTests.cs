using DendriteViewer.Web.OpenId;

namespace DendriteViewer.Web.Tests.OpenId;

public sealed class OpenIdOptionsTests
{
    [Theory]
    [InlineData("Keycloak", "https://login.example.org/realms/lab", "dendrite", null)]
    [InlineData("Keycloak", "http://localhost:8080/", "dendrite", null)]
    [InlineData("Keycloak", "http://login.example.org/", "dendrite", "Issuer")]
    [InlineData("Keycloak", "login.example.org", "dendrite", "Issuer")]
    [InlineData("Keycloak", "https://login.example.org/?a=1", "dendrite", "Issuer")]
    [InlineData("", "https://login.example.org", "dendrite", "Name")]
    [InlineData("–", "https://login.example.org", "dendrite", "Name")]
    [InlineData("Keycloak", "https://login.example.org", " ", "ClientId")]
    public void Provider_WithAValueThatCannotBe_IsRefusedByName(string name, string issuer, string client, string? wrong)
    {
        var problems = OpenIdOptions.Problems([new OpenIdOptions { Name = name, Issuer = issuer, ClientId = client }]).ToArray();
        if (wrong is null)
        {
            Assert.Empty(problems);
        }
        else
        {
            Assert.StartsWith($"Dendrite:OpenId:0:{wrong}", Assert.Single(problems));
        }
    }

    [Fact]
    public void Providers_WithTheSameNameInAddressesOrTheSameIssuer_AreRefused()
    {
        OpenIdOptions Of(string name, string issuer) => new() { Name = name, Issuer = issuer, ClientId = "dendrite" };
        Assert.Single(OpenIdOptions.Problems([Of("A b", "https://a.example"), Of("a-B", "https://b.example")]));
        Assert.Single(OpenIdOptions.Problems([Of("A", "https://a.example/"), Of("B", "https://a.example")]));
        var domains = new OpenIdOptions { Name = "A", Issuer = "https://a.example", ClientId = "x", Domains = ["a@b.example"] };
        Assert.Contains("a@b.example", Assert.Single(OpenIdOptions.Problems([domains])));
    }

    [Fact]
    public void Secret_InAFileThatIsNotThere_StopsTheStartWithItsName()
    {
        var provider = new OpenIdOptions { Name = "Keycloak", ClientSecretFile = "/no/such/file" };
        Assert.Contains("/no/such/file", Assert.Throws<StartupException>(provider.ReadSecret).Message);
    }
}
