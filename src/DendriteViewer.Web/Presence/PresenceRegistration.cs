namespace DendriteViewer.Web.Presence;

/// <summary>Registers who is here.</summary>
public static class PresenceRegistration
{
    /// <summary>Adds the voices of connections.</summary>
    public static WebApplicationBuilder AddPresence(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PresenceVoices>();
        return builder;
    }
}
