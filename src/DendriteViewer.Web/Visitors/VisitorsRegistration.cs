namespace DendriteViewer.Web.Visitors;

/// <summary>Datasets that are open to everybody.</summary>
public static class VisitorsRegistration
{
    /// <summary>Adds visitors and what is open to them.</summary>
    public static WebApplicationBuilder AddVisitors(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PublicDatasets>();
        builder.Services.AddSingleton<VisitorAdmission>();
        return builder;
    }
}
