namespace DendriteViewer.Web.History;

/// <summary>The history of datasets.</summary>
public static class HistoryRegistration
{
    /// <summary>Adds what its page reads.</summary>
    public static WebApplicationBuilder AddHistory(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<HistoryReader>();
        builder.Services.AddSingleton<DatasetHistory>();
        return builder;
    }
}
