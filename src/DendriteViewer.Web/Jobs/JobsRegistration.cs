namespace DendriteViewer.Web.Jobs;

/// <summary>Registers background work.</summary>
public static class JobsRegistration
{
    /// <summary>Adds the queue and imports.</summary>
    public static WebApplicationBuilder AddJobs(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<JobQueue>();
        builder.Services.AddHostedService(s => s.GetRequiredService<JobQueue>());
        builder.Services.AddSingleton<ImportJobs>();
        return builder;
    }
}
