namespace DendriteViewer.Web.Tours;

/// <summary>Registers tours.</summary>
public static class ToursRegistration
{
    /// <summary>Adds the tours.</summary>
    public static WebApplicationBuilder AddTours(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TourStore>();
        builder.Services.AddSingleton<TourDesk>();
        return builder;
    }
}
