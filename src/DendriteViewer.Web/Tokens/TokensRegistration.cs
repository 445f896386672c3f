using Microsoft.AspNetCore.Authentication;

namespace DendriteViewer.Web.Tokens;

/// <summary>Registers personal access tokens.</summary>
public static class TokensRegistration
{
    /// <summary>Adds tokens and the scheme by which programs ask.</summary>
    public static WebApplicationBuilder AddTokens(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PersonalTokens>();
        builder.Services.AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null);
        return builder;
    }
}
