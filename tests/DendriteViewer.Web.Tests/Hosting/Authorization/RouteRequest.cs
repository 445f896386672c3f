using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace DendriteViewer.Web.Tests.Hosting.Authorization;

/// <summary>What one visitor sends to one route. It is such that whoever may is answered with success.</summary>
/// <param name="scene">What there is.</param>
/// <param name="visitor">Who asks.</param>
public sealed partial class RouteRequest(AuthorizationScene scene, Visitor visitor)
{
    private readonly List<(string Name, string Value)> _headers = [];
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal)
    {
        ["dataset"] = scene.Running.Dataset.Value, ["Id"] = scene.Running.Dataset.Value, ["hours"] = "2",
        ["file"] = scene.SweepFile.ToString(), ["identity"] = scene.Archived.Value, ["token"] = visitor.Token,
        ["bookmark"] = visitor.Bookmark.ToString(), ["name"] = scene.Export, ["documentName"] = "v1",
    };

    private string _query = "";
    private string _cookies = visitor.Cookies;
    private HttpContent? _content;

    public AuthorizationScene Scene => scene;

    public Visitor Visitor => visitor;

    /// <summary>What an answer holds to whoever may, where the status alone does not tell; null where it does.</summary>
    public string? Shown { get; private set; }

    /// <summary>Where an answer leads whoever may; null where it does not.</summary>
    public string? LeadsTo { get; private set; }

    /// <summary>The status by which whoever may is answered, where it is none of success; null where it is.</summary>
    public HttpStatusCode? Status { get; private set; }

    /// <summary>Undoes it, where it was done to what others ask for too.</summary>
    public Func<Task>? Afterwards { get; set; }

    /// <summary>Sets a value of the route.</summary>
    public RouteRequest With(string name, string value)
    {
        _values[name] = value;
        return this;
    }

    public RouteRequest Query(string query)
    {
        _query = "?" + query;
        return this;
    }

    public RouteRequest Header(string name, string value)
    {
        _headers.Add((name, value));
        return this;
    }

    /// <summary>Sends one more cookie.</summary>
    public RouteRequest Cookie(string cookie)
    {
        _cookies = _cookies.Length > 0 ? $"{_cookies}; {cookie}" : cookie;
        return this;
    }

    public RouteRequest Json(string body) => Body(new StringContent(body, Encoding.UTF8, "application/json"));

    public RouteRequest Body(HttpContent content)
    {
        _content = content;
        return this;
    }

    public RouteRequest Shows(string text)
    {
        Shown = text;
        return this;
    }

    public RouteRequest Leads(string to)
    {
        LeadsTo = to;
        return this;
    }

    public RouteRequest Answers(HttpStatusCode status)
    {
        Status = status;
        return this;
    }

    /// <summary>Fills in a page's form and sends it, as a browser does: with the page's token, and the cookie that it came with.</summary>
    public async Task FormAsync(string page, string form, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, page);
        AddCookies(request);
        using var answer = await scene.Http.SendAsync(request);
        var token = Token().Match(await answer.Content.ReadAsStringAsync()).Groups[1].Value;
        var set = answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Select(c => c.Split(';')[0]) : [];
        _cookies = string.Join("; ", set.Prepend(_cookies).Where(c => c.Length > 0));
        _content = new FormUrlEncodedContent(fields.Append(("_handler", form)).Append(("__RequestVerificationToken", token))
            .Select(f => KeyValuePair.Create(f.Item1, f.Item2)));
    }

    /// <summary>The request to a route, as METHOD /pattern.</summary>
    public HttpRequestMessage Of(string route)
    {
        var path = Parameter().Replace(route[(route.IndexOf(' ') + 1)..], m => Uri.EscapeDataString(
            _values.TryGetValue(m.Groups[1].Value, out var value) ? value
                : throw new InvalidOperationException($"{route} has no value for {m.Groups[1].Value}; give it one in RouteRequests.cs.")));
        var request = new HttpRequestMessage(new HttpMethod(route[..route.IndexOf(' ')]), path + _query) { Content = _content };
        foreach (var (name, value) in _headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        AddCookies(request);
        return request;
    }

    private void AddCookies(HttpRequestMessage request)
    {
        if (visitor.AccessToken is { } token)
        {
            request.Headers.Add("Authorization", "Bearer " + token);
        }

        if (_cookies.Length > 0)
        {
            request.Headers.Add("Cookie", _cookies);
        }
    }

    [GeneratedRegex(@"\{\**(\w+)(?::[^}]*)?\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
