using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Streaming;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace DendriteViewer.Web.Monitoring;

/// <summary>
/// What the server measures, at /metrics for Prometheus, and whether it is well, at /health/live and /health/ready. Only a caller on this
/// machine, or one with the token, is answered.
/// </summary>
public static class MonitoringRegistration
{
    private static readonly string[] s_paths = ["/metrics", "/health"];

    // The standard's names for where OTLP goes; the exporter reads them, and its further options, itself.
    private static readonly string[] s_otlp = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    /// <summary>Adds meters, exporters and checks.</summary>
    public static WebApplicationBuilder AddMonitoring(this WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks()
            .AddCheck<StoreCheck>("store", timeout: StoreCheck.Patience)
            .AddCheck<DatabaseCheck>("database", timeout: StoreCheck.Patience);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("dendrite-viewer"))
            .WithMetrics(m =>
            {
                m.AddMeter("DendriteViewer.*", "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel",
                    "Microsoft.AspNetCore.Http.Connections")
                    .AddAspNetCoreInstrumentation()
                    .AddPrometheusExporter();
                if (s_otlp.Any(name => !string.IsNullOrEmpty(builder.Configuration[name])))
                {
                    m.AddOtlpExporter();
                }
            });
        return builder;
    }

    /// <summary>
    /// Refuses who may not ask.
    /// </summary>
    public static void UseMonitoring(this WebApplication app)
    {
        var token = app.Services.GetRequiredService<DendriteOptions>().MetricsToken;
        app.Use(async (context, next) =>
        {
            if (s_paths.Any(p => context.Request.Path.StartsWithSegments(p)) && !IsAllowed(context, token))
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                context.Response.Headers.CacheControl = "no-store";
                await context.Response.WriteAsync("Ask from the server itself, or with Dendrite:MetricsToken as a bearer token.");
                return;
            }

            await next();
        });
    }

    /// <summary>Maps metrics and health.</summary>
    public static void MapMonitoring(this WebApplication app)
    {
        // The queues and lanes are there, and measured, before the first picture.
        app.Services.GetRequiredService<RenderScheduler>();
        app.MapPrometheusScrapingEndpoint("/metrics").AllowAnonymous();

        // Alive is who answers; ready is who can draw.
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready").AllowAnonymous();
    }

    /// <summary>Whether a request may see what the server measures.</summary>
    internal static bool IsAllowed(HttpContext context, string? token)
    {
        const string Scheme = "Bearer ";
        var given = context.Request.Headers.Authorization.ToString();
        if (!string.IsNullOrEmpty(token) && given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            // Of hashes, so that the comparison takes as long whatever the lengths.
            return CryptographicOperations.FixedTimeEquals(
                SHA256.HashData(Encoding.UTF8.GetBytes(given[Scheme.Length..].Trim())), SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        }

        return LocalRequests.IsLocal(context);
    }
}
