using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Hosting;

/// <summary>
/// Tells whoever calls a hub's method what failed, in the same words as the API does; SignalR alone says only that something did. No method
/// takes null for an argument, which SignalR would hand to it all the same.
/// </summary>
public sealed class HubFailures(Failures failures) : IHubFilter
{
    /// <inheritdoc/>
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext,
        ValueTask<object?>> next)
    {
        if (invocationContext.HubMethodArguments.Any(a => a is null))
        {
            var (method, at) = (invocationContext.HubMethod, invocationContext.HubMethodArguments.TakeWhile(a => a is not null).Count());
            throw new HubException($"{method.GetParameters()[at].Name} is missing; docs/hub.md says what {method.Name} takes.");
        }

        try
        {
            return await next(invocationContext);
        }
        catch (Exception e) when (e is not HubException && !invocationContext.Context.ConnectionAborted.IsCancellationRequested)
        {
            throw new HubException(failures.Tell(e));
        }
    }
}
