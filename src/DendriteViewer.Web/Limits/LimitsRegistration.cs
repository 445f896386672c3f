namespace DendriteViewer.Web.Limits;

/// <summary>Registers budgets.</summary>
public static class LimitsRegistration
{
    /// <summary>Adds budgets.</summary>
    public static WebApplicationBuilder AddLimits(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Budgets>();
        return builder;
    }

    /// <summary>Counts attempts to sign in, and requests whose client went away.</summary>
    public static void UseLimits(this WebApplication app)
    {
        var budgets = app.Services.GetRequiredService<Budgets>();
        app.Use(async (context, next) =>
        {
            // Forms, and whatever belongs to a sign-in at a provider, which has none.
            if ((HttpMethods.IsPost(context.Request.Method) && context.Request.Path.StartsWithSegments("/account"))
                || context.Request.Path.StartsWithSegments("/account/openid"))
            {
                budgets.SignIn(ClientKeys.Of(context));
            }

            try
            {
                await next();
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // The client is gone; nobody reads an answer.
                LimitMetrics.Abandoned();
            }
        });
    }
}
