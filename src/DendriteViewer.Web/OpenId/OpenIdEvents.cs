using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;

namespace DendriteViewer.Web.OpenId;

/// <summary>What happens on the way to a provider and back.</summary>
/// <param name="provider">The provider.</param>
/// <param name="address">Where people reach the app, where that is configured.</param>
internal sealed partial class OpenIdEvents(OpenIdOptions provider, PublicAddress? address) : OpenIdConnectEvents
{
    /// <inheritdoc/>
    public override Task RedirectToIdentityProvider(RedirectContext context)
    {
        // Never what a Host header says, where it is known better.
        context.ProtocolMessage.RedirectUri = address?.Of(provider.CallbackPath) ?? context.ProtocolMessage.RedirectUri;
        return base.RedirectToIdentityProvider(context);
    }

    /// <inheritdoc/>
    public override async Task TicketReceived(TicketReceivedContext context)
    {
        if (context.Principal is { } principal && ExternalPerson.Of(provider, principal) is { } person)
        {
            context.Principal = person.ToPrincipal();
            return;
        }

        await RefuseAsync(context, context.Properties, ExternalRefusal.Failed, "no subject");
    }

    /// <inheritdoc/>
    public override Task AccessDenied(AccessDeniedContext context) =>
        RefuseAsync(context, context.Properties, ExternalRefusal.Denied, "not agreed to");

    /// <inheritdoc/>
    public override Task RemoteFailure(RemoteFailureContext context)
    {
        var failure = context.Failure;
        var isReplay = failure is not null && failure.Message.Contains("Correlation failed", StringComparison.Ordinal);
        var isAway = failure is HttpRequestException or TaskCanceledException or { InnerException: HttpRequestException or IOException };
        var refusal = isReplay || failure?.Message.Contains("state", StringComparison.OrdinalIgnoreCase) == true ? ExternalRefusal.Again
            : isAway ? ExternalRefusal.Away : ExternalRefusal.Failed;
        return RefuseAsync(context, context.Properties, refusal, failure?.Message ?? "no reason given");
    }

    // Anybody may ask for the callback's address: before a person is known there is a line in the server's log, and none in the audit log.
    private Task RefuseAsync<T>(HandleRequestContext<T> context, AuthenticationProperties? asked, ExternalRefusal refusal, string why)
        where T : AuthenticationSchemeOptions
    {
        var services = context.HttpContext.RequestServices;
        LogRefused(services.GetRequiredService<ILogger<OpenIdEvents>>(), provider.Name, refusal, why);
        context.Response.Redirect(
            OpenIdRegistration.Refused(OpenIdRegistration.FormOf(asked?.RedirectUri), refusal, provider.Slug));
        context.HandleResponse();
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Warning, "A sign-in at {Provider} was refused ({Refusal}): {Why}")]
    private static partial void LogRefused(ILogger logger, string provider, ExternalRefusal refusal, string why);
}
