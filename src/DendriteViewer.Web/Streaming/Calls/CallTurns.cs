using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Streaming.Calls;

/// <summary>
/// Calls of one connection run at once; those that change its groups go one after another, each from what the one before left.
/// </summary>
internal static class CallTurns
{
    private static readonly object s_turn = new();

    /// <summary>A connection begins.</summary>
    public static void Begin(HubCallerContext call) =>
        // It has no handle of the operating system, so that nobody has to dispose of it.
        call.Items[s_turn] = new SemaphoreSlim(1);

    /// <summary>Waits for the calls before it, and lets those after it wait.</summary>
    public static async Task<T> InTurnAsync<T>(this HubCallerContext call, Func<Task<T>> change)
    {
        var turn = (SemaphoreSlim)call.Items[s_turn]!;
        await turn.WaitAsync(call.ConnectionAborted);
        try
        {
            return await change();
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc cref="InTurnAsync{T}"/>
    public static Task InTurnAsync(this HubCallerContext call, Func<Task> change) => call.InTurnAsync(async () =>
    {
        await change();
        return true;
    });
}
