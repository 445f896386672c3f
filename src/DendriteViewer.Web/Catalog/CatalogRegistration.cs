using DendriteViewer.Web.Registry;

namespace DendriteViewer.Web.Catalog;

/// <summary>Registers the catalog.</summary>
public static class CatalogRegistration
{
    /// <summary>Adds the catalog.</summary>
    public static WebApplicationBuilder AddCatalog(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DatasetCatalog>();
        builder.Services.AddSingleton<IDatasetFollower>(s => s.GetRequiredService<DatasetCatalog>());
        return builder;
    }
}
