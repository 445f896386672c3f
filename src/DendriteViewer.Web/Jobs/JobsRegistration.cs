namespace DendriteViewer.Web.Jobs;

/// <summary>Registers background work.</summary>
public static class JobsRegistration
{
    /// <summary>Adds imports.</summary>
    public static WebApplicationBuilder AddJobs(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ImportJobs>();
        builder.Services.AddHostedService(s => s.GetRequiredService<ImportJobs>());
        return builder;
    }
}
