using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace DendriteViewer.Web.Hosting;

/// <summary>
/// The demo signs every visitor in as owner, so it is for the person at this machine alone. It looks at where the server really listens,
/// whichever of the many settings said so, and at every request: whence it came, to which name, and through which proxy.
/// </summary>
public static class DemoGuard
{
    private const string Why = "The demo signs every visitor in as owner, so it answers this machine alone";

    /// <summary>Refuses to go on where the demo can be reached from elsewhere. To be called once the server listens.</summary>
    /// <exception cref="StartupException">It listens on more than loopback.</exception>
    public static void VerifyListening(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<DendriteOptions>().Demo)
        {
            return;
        }

        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        if (addresses.Count == 0 || addresses.Where(a => !LocalRequests.IsLoopbackAddress(a)).ToArray() is { Length: > 0 })
        {
            var where = addresses.Count == 0 ? "at an address it does not know" : string.Join(", ", addresses.Where(a =>
                !LocalRequests.IsLoopbackAddress(a)));
            throw new StartupException($"{Why}, but it would listen on {where}; give --urls http://localhost:5080 alone, or use "
                + $"./dendrite serve for others.");
        }
    }

    /// <summary>Refuses, in the demo, whatever does not come from this machine by itself.</summary>
    public static void UseDemoGuard(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<DendriteOptions>().Demo)
        {
            return;
        }

        app.Use(async (context, next) =>
        {
            if (LocalRequests.IsLocal(context))
            {
                await next();
                return;
            }

            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsync($"{Why}: open it as http://localhost, not by another name or through a proxy. For others "
                + $"there is ./dendrite serve.");
        });
    }
}
