using System.Net;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DendriteViewer.Web.Hosting;

/// <summary>What stands between the network and the features: who may ask, what is logged, and how failures are told.</summary>
public static partial class HostingRegistration
{
    private const int MostRequestLine = 64 << 10;

    /// <summary>Adds redaction, failures as sentences, the public address and the proxies that are believed.</summary>
    public static WebApplicationBuilder AddHosting(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection("Dendrite").Get<DendriteOptions>() ?? new DendriteOptions();
        var redactor = new SecretRedactor();
        foreach (var section in new[] { "Dendrite", "Kestrel", "ConnectionStrings" })
        {
            redactor.AddAll(builder.Configuration.GetSection(section));
        }

        builder.Services.AddSingleton(redactor);
        builder.Services.AddSingleton<LoggerFactory>();
        builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(
            s => new RedactingLoggers(s.GetRequiredService<LoggerFactory>(), s.GetRequiredService<SecretRedactor>())));
        builder.Services.AddSingleton<PrivateFiles>();
        builder.WebHost.ConfigureKestrel(o =>
        {
            o.AddServerHeader = false;

            // A shared link and a figure have the whole view in their address, with up to 512 points of a transfer function.
            o.Limits.MaxRequestLineSize = MostRequestLine;
        });
        builder.Services.Configure<ForwardedHeadersOptions>(o => Believe(o, options.Proxies));
        if (PublicAddress.TryParse(options.PublicAddress, out var address))
        {
            builder.Services.AddSingleton(address);
            if (string.IsNullOrEmpty(builder.Configuration["AllowedHosts"]))
            {
                builder.Services.Configure<HostFilteringOptions>(o => o.AllowedHosts = [address.Origin.Host, "localhost", "127.0.0.1",
                    "[::1]"]);
            }
        }

        builder.Services.AddSingleton<Failures>();
        builder.Services.AddSingleton<HubFailures>();
        builder.Services.AddExceptionHandler<FailureHandler>();
        builder.Services.AddProblemDetails(o =>
            o.CustomizeProblemDetails = c => FailureHandler.AddError(c.ProblemDetails, c.HttpContext.User));
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        return builder;
    }

    /// <summary>The demo's guard, forwarded headers, security headers, and failures told as sentences.</summary>
    public static void UseHosting(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<DendriteOptions>();
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("DendriteViewer");
        LogPlaces(log, Path.GetFullPath(options.Data), AppContext.BaseDirectory, Directory.GetCurrentDirectory());
        app.UseDemoGuard();
        app.UseUnbelievedProxyWarning(log);
        app.UseForwardedHeaders();
        app.UseSecurityHeaders();
        app.UseOwnRedirects();
        app.UseExceptionHandler();
        app.UseWhen(c => FailureHandler.IsProgram(c), programs => programs.UseStatusCodePages());
    }

    // X-Forwarded-Host is not taken: a host that a client chooses would be one way more to deceive.
    private static void Believe(ForwardedHeadersOptions o, string[] proxies)
    {
        o.ForwardedHeaders = proxies.Length > 0 ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto : ForwardedHeaders.None;
        o.ForwardLimit = null;
        o.KnownProxies.Clear();
        o.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var ip))
            {
                o.KnownProxies.Add(ip);
            }
            else if (System.Net.IPNetwork.TryParse(proxy, out var network))
            {
                o.KnownIPNetworks.Add(network);
            }
        }
    }

    // Said once: behind such a proxy everybody seems to come from its address.
    private static void UseUnbelievedProxyWarning(this WebApplication app, ILogger log)
    {
        var said = 0;
        var known = app.Services.GetRequiredService<IOptions<ForwardedHeadersOptions>>().Value;
        app.Use(async (context, next) =>
        {
            if (said == 0 && context.Connection.RemoteIpAddress is { } from && context.Request.Headers.ContainsKey("X-Forwarded-For")
                && !IsKnown(known, from) && Interlocked.Exchange(ref said, 1) == 0)
            {
                LogUnbelieved(log, from);
            }

            await next();
        });
    }

    private static bool IsKnown(ForwardedHeadersOptions known, IPAddress from)
    {
        var ip = from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from;
        return known.KnownProxies.Contains(ip) || known.KnownIPNetworks.Any(n => n.Contains(ip));
    }

    [LoggerMessage(LogLevel.Information, "Data in {Data}; shipped configuration from {App}, overridden by an appsettings.json in "
        + "{Current}, environment and command line")]
    private static partial void LogPlaces(ILogger logger, string data, string app, string current);

    [LoggerMessage(LogLevel.Warning, "A proxy at {Address} passes requests on, but Dendrite:Proxies does not name it, so its "
        + "X-Forwarded headers are not believed")]
    private static partial void LogUnbelieved(ILogger logger, IPAddress address);
}
