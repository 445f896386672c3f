using DendriteViewer.Web.Components;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Tests.Components;

/// <summary>A component that ends while its script is loaded or called.</summary>
public sealed class PageScriptTests
{
    private readonly HeldScript _js = new();

    [Fact]
    public async Task Component_ThatEndsWhileItsScriptIsLoaded_CallsNothingOfIt_AndLetsItGo()
    {
        var script = new PageScript(_js, "viewer/cell.js");
        var begun = script.CallAsync("begin").AsTask();
        var ended = script.EndAsync("end").AsTask();
        Assert.False(begun.IsCompleted);
        _js.Answer();
        Assert.False(await begun);
        await ended;
        Assert.False(await script.CallAsync("show"));
        Assert.Equal(["import"], _js.Called);
        Assert.True(_js.IsLetGo);
    }

    // It ended the circuit: the call after the one that was under way went to a script that had been let go.
    [Fact]
    public async Task Component_ThatEndsInTheMidstOfACall_EndsTheScriptOnce_AndItsNextCallIsNotMade()
    {
        var script = new PageScript(_js, "viewer/cell.js");
        var begun = script.CallAsync("begin").AsTask();
        _js.Answer();
        var ended = Task.WhenAll(script.EndAsync("end").AsTask(), script.DisposeAsync().AsTask());
        _js.Answer();
        Assert.False(await begun);
        Assert.False(await script.CallAsync("show"));
        _js.Answer();
        await ended;
        Assert.Equal(["import", "begin", "end"], _js.Called);
        Assert.True(_js.IsLetGo);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Script_ThatFails_IsToldToWhoeverCalls_UnlessTheComponentHasEnded(bool hasEnded)
    {
        var script = new PageScript(_js, "viewer/cell.js");
        var begun = script.CallAsync("begin").AsTask();
        _js.Answer();
        var ended = hasEnded ? script.EndAsync(null).AsTask() : Task.CompletedTask;
        _js.Fail(new JSException("no such element"));
        if (hasEnded)
        {
            Assert.False(await begun);
        }
        else
        {
            await Assert.ThrowsAsync<JSException>(() => begun);
        }

        await ended;
    }

    [Fact]
    public async Task Script_ThatDidNotCome_IsAskedForAgainByTheNextCall()
    {
        var script = new PageScript(_js, "viewer/cell.js");
        var begun = script.CallAsync("begin").AsTask();
        _js.Fail(new JSException("Failed to fetch dynamically imported module"));
        await Assert.ThrowsAsync<JSException>(() => begun);
        var again = script.CallAsync("begin").AsTask();
        _js.Answer();
        _js.Answer();
        Assert.True(await again);
        Assert.Equal(["import", "import", "begin"], _js.Called);
    }

    [Fact]
    public async Task Page_ThatIsGone_IsNoError()
    {
        var script = new PageScript(_js, "viewer/cell.js");
        var begun = script.CallAsync("begin").AsTask();
        _js.Answer();
        _js.Fail(new JSDisconnectedException("The circuit has disconnected."));
        Assert.False(await begun);
        var ended = script.EndAsync("end").AsTask();
        _js.Fail(new TaskCanceledException());
        await ended;
    }

    /// <summary>A page whose answers come when the test says so.</summary>
    private sealed class HeldScript : IJSRuntime, IJSObjectReference
    {
        private readonly Queue<Action<Exception?>> _waiting = new();

        public List<string> Called { get; } = [];

        public bool IsLetGo { get; private set; }

        public void Answer() => _waiting.Dequeue()(null);

        public void Fail(Exception e) => _waiting.Dequeue()(e);

        public async ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args)
        {
            ObjectDisposedException.ThrowIf(IsLetGo, this);
            Called.Add(identifier);
            var answer = new TaskCompletionSource();
            _waiting.Enqueue(e => _ = e is null ? answer.TrySetResult() : answer.TrySetException(e));
            await answer.Task;
            return identifier == "import" ? (TValue)(object)this : default!;
        }

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) =>
            InvokeAsync<TValue>(identifier, args);

        public ValueTask DisposeAsync()
        {
            IsLetGo = true;
            return ValueTask.CompletedTask;
        }
    }
}
