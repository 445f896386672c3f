using System.Globalization;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Web.Streaming;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Limits;

/// <summary>Registers budgets, and how what is refused is answered.</summary>
public static class LimitsRegistration
{
    /// <summary>Adds budgets, and the hub's answers.</summary>
    public static WebApplicationBuilder AddLimits(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Budgets>();
        builder.Services.AddSingleton<RefusalFilter>();
        builder.Services.Configure<HubOptions>(o => o.AddFilter<RefusalFilter>());
        return builder;
    }

    /// <summary>
    /// Answers 400 where a number is out of its range and 429 where a budget is spent, with one sentence each, for every route and page;
    /// and counts attempts to sign in.
    /// </summary>
    public static void UseLimits(this WebApplication app)
    {
        var budgets = app.Services.GetRequiredService<Budgets>();
        app.Use(async (context, next) =>
        {
            try
            {
                if (HttpMethods.IsPost(context.Request.Method) && context.Request.Path.StartsWithSegments("/account"))
                {
                    budgets.SignIn(ClientKeys.Of(context));
                }

                await next();
            }
            catch (Exception e) when (!context.Response.HasStarted && StatusOf(e) is { } status)
            {
                await AnswerAsync(context, status, e);
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // The client is gone; nobody reads an answer.
                LimitMetrics.Abandoned();
            }
        });
    }

    private static int? StatusOf(Exception e) => e switch
    {
        OutOfRangeException => StatusCodes.Status400BadRequest,
        BudgetSpentException or RenderQueueFullException => StatusCodes.Status429TooManyRequests,
        _ => null,
    };

    private static async Task AnswerAsync(HttpContext context, int status, Exception e)
    {
        context.Response.Clear();
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status429TooManyRequests)
        {
            LimitMetrics.Rejected(e is RenderQueueFullException ? "queue" : "budget");
            var after = e is BudgetSpentException spent ? spent.After : RenderQueueFullException.After;
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (context.Request.Path.StartsWithSegments("/api"))
        {
            await Results.Problem(e.Message, statusCode: status).ExecuteAsync(context);
        }
        else
        {
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync(e.Message);
        }
    }

    /// <summary>Tells a hub's caller the sentence; other exceptions stay on the server.</summary>
    private sealed class RefusalFilter : IHubFilter
    {
        public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
        {
            try
            {
                return await next(invocationContext);
            }
            catch (Exception e) when (StatusOf(e) is { } status)
            {
                if (status == StatusCodes.Status429TooManyRequests)
                {
                    LimitMetrics.Rejected("viewer");
                }

                throw new HubException(e.Message);
            }
        }
    }
}
