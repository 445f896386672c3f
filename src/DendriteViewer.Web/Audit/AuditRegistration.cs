namespace DendriteViewer.Web.Audit;

/// <summary>Registers the audit log.</summary>
public static class AuditRegistration
{
    /// <summary>Adds the audit log.</summary>
    public static WebApplicationBuilder AddAudit(this WebApplicationBuilder builder)
    {
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton<AuditLog>();
        builder.Services.AddSingleton<ExportAudit>();
        return builder;
    }
}
