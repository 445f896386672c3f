using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Hosting;

/// <summary>Tells whoever calls a hub's method what failed, in the same words as the API does; SignalR alone says only that something
/// did.</summary>
public sealed class HubFailures(Failures failures) : IHubFilter
{
    /// <inheritdoc/>
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext,
        ValueTask<object?>> next)
    {
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
