using System.Globalization;
using System.Text.Json;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Presence;

/// <summary>Somebody who looks at the dataset too.</summary>
/// <param name="Id">Public id of the page of theirs that was in use last.</param>
/// <param name="Person">Public key of the person in this dataset.</param>
/// <param name="Name">Their name, or what stands for it.</param>
/// <param name="Color">Their colour.</param>
/// <param name="Where">Where they look, in words.</param>
/// <param name="IsFaded">Whether nothing was heard of them for a while.</param>
/// <param name="FollowsMe">Whether they follow this page.</param>
/// <param name="IsPresenting">Whether they present.</param>
/// <param name="IsFollowed">Whether this page follows them.</param>
public sealed record OtherPerson(
    string Id, string Person, string Name, string Color, string Where, bool IsFaded, bool FollowsMe, bool IsPresenting, bool IsFollowed)
{
    /// <summary>One or two letters.</summary>
    public string Initials
    {
        get
        {
            var words = Name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return words.Length == 0 ? "?" : string.Concat(new[] { words[0], words[^1] }.Take(words.Length).Select(FirstOf).Distinct());
        }
    }

    // A letter may take two characters.
    private static string FirstOf(string word) => new StringInfo(word).SubstringByTextElements(0, 1).ToUpperInvariant();
}

/// <summary>Whom this page follows.</summary>
/// <param name="Name">Their name.</param>
/// <param name="Color">Their colour.</param>
/// <param name="IsMutual">Whether they follow this page, so that nobody moves.</param>
public sealed record Following(string Name, string Color, bool IsMutual);

/// <summary>Somebody presents.</summary>
/// <param name="Id">Public id of their page.</param>
/// <param name="Name">Their name.</param>
/// <param name="Color">Their colour.</param>
/// <param name="IsComing">Whether this page follows in a moment, unless its person says no.</param>
public sealed record Invitation(string Id, string Name, string Color, bool IsComing);

/// <summary>Who is here, as the page's script knows it.</summary>
/// <param name="People">Those who are seen, in the order in which they came.</param>
/// <param name="Count">All people here, this page's and those who are not seen among them.</param>
/// <param name="IsPresenting">Whether this page presents.</param>
/// <param name="IsSeen">Whether this page's person is seen.</param>
/// <param name="Following">Whom this page follows, or null.</param>
/// <param name="Invitation">Who presents and is not followed, or null.</param>
public sealed record OthersFacts(
    IReadOnlyList<OtherPerson> People, int Count, bool IsPresenting, bool IsSeen, Following? Following, Invitation? Invitation);

/// <summary>
/// Who else looks at the dataset, for the components of one page. The browser hears it from the hub; it tells here what components show, at
/// most twice a second.
/// </summary>
public sealed class OthersHere : IAsyncDisposable
{
    private DotNetObjectReference<OthersHere>? _reference;
    private PageScript? _script;

    /// <summary>Who is here now.</summary>
    public OthersFacts Facts { get; private set; } = new([], 1, false, true, null, null);

    /// <summary>Raised when that changed.</summary>
    public event Action? Changed;

    /// <summary>Begins to hear from the viewer's script.</summary>
    public async Task BeginAsync(IJSRuntime js)
    {
        (_script, _reference) = (new PageScript(js, "lib/viewer/viewer.js"), DotNetObjectReference.Create(this));
        await _script.CallAsync("seat", _reference);
    }

    /// <summary>The script tells who is here.</summary>
    [JSInvokable]
    public Task HearAsync(string json)
    {
        Facts = JsonSerializer.Deserialize<OthersFacts>(json, ViewDto.Json) ?? Facts;
        Changed?.Invoke();
        return Task.CompletedTask;
    }

    /// <summary>Has the script do something: start, stop, take, notNow, present, settings.</summary>
    public async Task DoAsync(string action, params object?[] arguments)
    {
        if (_script is not null)
        {
            await _script.CallAsync("others", [action, .. arguments]);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_script is not null)
        {
            await _script.DisposeAsync();
        }

        _reference?.Dispose();
    }
}
