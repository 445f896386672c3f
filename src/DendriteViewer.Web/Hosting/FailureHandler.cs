using DendriteViewer.Web.Components.Shell;
using System.Globalization;
using System.Net;
using System.Security.Claims;
using DendriteViewer.Web.Tokens;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace DendriteViewer.Web.Hosting;

/// <summary>
/// Tells what failed in a request: programs get {error} with a status, people a page. It needs neither the database nor Blazor, since
/// those may be what failed.
/// </summary>
public sealed class FailureHandler(Failures failures) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken ct)
    {
        if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var sentence = failures.Tell(exception, out var failure);
        context.Response.StatusCode = failure.Status;
        context.Response.Headers.CacheControl = "no-store";
        if (failure.After is { } after)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (IsProgram(context))
        {
            var problem = new ProblemDetails { Status = failure.Status, Detail = sentence };
            AddError(problem);
            await context.Response.WriteAsJsonAsync(problem, options: null, "application/problem+json", ct);
        }
        else
        {
            await context.Response.WriteAsync(Page(context, sentence), ct);
        }

        return true;
    }

    /// <summary>Gives a problem the field "error", which every failure of the API has.</summary>
    public static void AddError(ProblemDetails problem, ClaimsPrincipal? user = null)
    {
        // A token may be all that is in the way.
        var whom = user?.TokenOf() is null ? "you" : "you, or not to the scopes of your access token";
        problem.Extensions["error"] = problem.Detail ?? problem.Status switch
        {
            StatusCodes.Status401Unauthorized => "Sign in first.",
            StatusCodes.Status403Forbidden => $"This is not open to {whom}.",
            StatusCodes.Status404NotFound => $"There is nothing at this address, or it is not open to {whom}.",
            StatusCodes.Status405MethodNotAllowed => "This address does not take that method; /openapi/v1.json says which it takes.",
            StatusCodes.Status415UnsupportedMediaType => "This address takes JSON; send it with Content-Type: application/json.",
            _ => problem.Title ?? "The request failed.",
        };
    }

    /// <summary>Whether a program asks, rather than a person's browser for a page.</summary>
    public static bool IsProgram(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/hubs")
            || context.Request.Path.StartsWithSegments("/openapi");

    private static string Page(HttpContext context, string sentence)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return $"""
            <!doctype html>
            <html lang="en" data-theme="dark"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Something failed · DendriteViewer</title><link rel="stylesheet" href="{ThemeStyles.Address}">
            <link rel="stylesheet" href="/app.css"></head>
            <body><main class="notice"><h1>Something failed</h1><p role="alert">{WebUtility.HtmlEncode(sentence)}</p>
            <p><a href="/">Go to your datasets</a></p></main></body></html>
            """;
    }
}
