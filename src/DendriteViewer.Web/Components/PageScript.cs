using Microsoft.JSInterop;
using Microsoft.JSInterop.Infrastructure;

namespace DendriteViewer.Web.Components;

/// <summary>
/// A script that a component loads with its first call. A component may end at any moment, while its script is on its way too: whoever
/// goes to another page does not wait for it. From then on nothing is called but what ends the script's work, and what the component
/// was in the midst of just stops. An exception there would end the circuit, and with it the page that was opened meanwhile.
/// </summary>
/// <param name="script">The page's scripts.</param>
/// <param name="name">The script, below wwwroot.</param>
public sealed class PageScript(IJSRuntime script, string name) : IAsyncDisposable
{
    private readonly string _address = VersionedAssets.AddressOf(name);
    private Task<IJSObjectReference>? _module;
    private bool _wasCalled, _isOver;

    /// <summary>Whether its loading was begun.</summary>
    public bool IsLoaded => _module is not null;

    /// <summary>Calls a function of it.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="arguments">What it is given.</param>
    /// <returns>Whether it was called: false where the component has ended or the page is gone.</returns>
    /// <exception cref="JSException">It failed, or could not be loaded.</exception>
    public async ValueTask<bool> CallAsync(string function, params object?[] arguments) =>
        (await AskAsync<IJSVoidResult>(function, null, arguments)).WasCalled;

    /// <summary>Asks a function of it for something.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="arguments">What it is given.</param>
    /// <returns>What it returned; the default where the component has ended or the page is gone.</returns>
    /// <exception cref="JSException">It failed, or could not be loaded.</exception>
    public async ValueTask<T?> AskAsync<T>(string function, params object?[] arguments) =>
        (await AskAsync<T>(function, null, arguments)).Answer;

    /// <summary>As above, where the answer may take longer than a minute.</summary>
    public async ValueTask<T?> AskAsync<T>(TimeSpan patience, string function, params object?[] arguments) =>
        (await AskAsync<T>(function, patience, arguments)).Answer;

    /// <summary>Calls a last function, where any was called before, and lets the script go.</summary>
    /// <param name="function">Its name; null for none.</param>
    /// <param name="arguments">What it is given.</param>
    public async ValueTask EndAsync(string? function, params object?[] arguments)
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        if (_module is null)
        {
            return;
        }

        try
        {
            var module = await _module;
            if (_wasCalled && function is not null)
            {
                await module.InvokeVoidAsync(function, arguments);
            }

            await module.DisposeAsync();
        }
        catch (Exception e) when (IsOfTheEnd(e))
        {
            // The page is gone, and the script with it.
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => EndAsync(null);

    private async ValueTask<(bool WasCalled, T? Answer)> AskAsync<T>(string function, TimeSpan? patience, object?[] arguments)
    {
        if (_isOver)
        {
            return default;
        }

        try
        {
            var module = await LoadAsync();
            if (_isOver)
            {
                return default;
            }

            _wasCalled = true;
            var answer = patience is { } time
                ? await module.InvokeAsync<T>(function, time, arguments) : await module.InvokeAsync<T>(function, arguments);
            return (!_isOver, answer);
        }
        catch (JSDisconnectedException)
        {
            return default;
        }
        catch (Exception e) when (_isOver && IsOfTheEnd(e))
        {
            return default;
        }
    }

    // One that did not come, since the line was bad, is asked for again by the next call.
    private async Task<IJSObjectReference> LoadAsync()
    {
        try
        {
            return await (_module ??= script.InvokeAsync<IJSObjectReference>("import", _address).AsTask());
        }
        catch
        {
            _module = null;
            throw;
        }
    }

    private static bool IsOfTheEnd(Exception e) =>
        e is JSDisconnectedException or JSException or OperationCanceledException or ObjectDisposedException;
}
