using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace DendriteViewer.LoadTests;

/// <summary>Somebody with a browser's cookies, who fills in the app's forms.</summary>
internal sealed partial class Visitor(string address)
{
    public const string Email = "load@example.org";
    public const string Password = "a long enough password";

    private static readonly TimeSpan s_longestTest = TimeSpan.FromMinutes(1), s_again = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(address) };

    public CookieContainer Cookies { get; } = new();

    /// <summary>Makes the first administrator, who is then signed in.</summary>
    public Task SetUpAsync(string code, CancellationToken ct) => FillInAsync(
        "/account/setup", "setup",
            new() { ["Input.Code"] = code, ["Input.Name"] = "Load", ["Input.Email"] = Email, ["Input.Password"] = Password }, null, ct);

    /// <summary>Signs in.</summary>
    /// <param name="page">Told when the form has come.</param>
    /// <param name="ct">Gives up.</param>
    public Task SignInAsync(Action page, CancellationToken ct) => FillInAsync(
        "/account/login", "login", new() { ["Input.Email"] = Email, ["Input.Password"] = Password }, page, ct);

    /// <summary>The first dataset of the catalog.</summary>
    public async Task<string> FirstDatasetAsync(CancellationToken ct)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, "/api/datasets"), ct);
        response.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(ct)).RootElement[0].GetProperty("id").GetString()!;
    }

    /// <summary>A sum of each metric over its labels.</summary>
    public async Task<IReadOnlyDictionary<string, double>> MetricsAsync(CancellationToken ct)
    {
        using var response = await _http.GetAsync("/metrics", ct);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadAsStringAsync(ct)).Split('\n').Select(l => MetricLine().Match(l)).Where(m => m.Success)
            .GroupBy(m => m.Groups[1].Value, m => double.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture))
                .ToDictionary(g => g.Key, g => g.Sum());
    }

    /// <summary>The device that draws, once the server has tested it.</summary>
    /// <exception cref="InvalidOperationException">There is none a minute after the server's start.</exception>
    public async Task<string> DeviceAsync(TimeProvider time, CancellationToken ct)
    {
        for (var begun = time.GetTimestamp(); time.GetElapsedTime(begun) < s_longestTest; await Task.Delay(s_again, time, ct))
        {
            using var response = await _http.GetAsync("/metrics", ct);
            response.EnsureSuccessStatusCode();
            if (AcceptedDevice().Match(await response.Content.ReadAsStringAsync(ct)) is { Success: true } accepted)
            {
                return accepted.Groups[1].Value;
            }
        }

        throw new InvalidOperationException("No device draws here; `dendrite devices` says why. Without --device the CPU draws.");
    }

    private async Task FillInAsync(string path, string form, Dictionary<string, string> fields, Action? page, CancellationToken ct)
    {
        string html;
        using (var asked = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), ct))
        {
            asked.EnsureSuccessStatusCode();
            html = await asked.Content.ReadAsStringAsync(ct);
        }

        page?.Invoke();
        fields["_handler"] = form;
        fields["__RequestVerificationToken"] = Token().Match(html) is { Success: true } token
            ? token.Groups[1].Value
            : throw new InvalidOperationException($"{path} has no form.");
        using var answer = await SendAsync(
            new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) }, ct);
        if (answer.StatusCode is not (HttpStatusCode.Redirect or HttpStatusCode.Found))
        {
            throw new HttpRequestException($"{path} answered {(int)answer.StatusCode} and let nobody in.", null, answer.StatusCode);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var at = new Uri(address);
        if (Cookies.GetCookieHeader(at) is { Length: > 0 } cookies)
        {
            request.Headers.Add("Cookie", cookies);
        }

        var response = await _http.SendAsync(request, ct);
        foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            Cookies.SetCookies(at, cookie);
        }

        return response;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();

    [GeneratedRegex("^dendrite_devices_accepted[a-z_]*\\{[^}]*device=\"([^\"]+)\"", RegexOptions.Multiline)]
    private static partial Regex AcceptedDevice();

    [GeneratedRegex(@"^([a-z_]+)(?:\{[^}]*\})? (\S+)")]
    private static partial Regex MetricLine();
}
