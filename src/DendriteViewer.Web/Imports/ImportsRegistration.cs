namespace DendriteViewer.Web.Imports;

/// <summary>Registers the import page.</summary>
public static class ImportsRegistration
{
    /// <summary>Adds what lists the server's folders.</summary>
    public static WebApplicationBuilder AddImports(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ImportFolders>();
        return builder;
    }
}
