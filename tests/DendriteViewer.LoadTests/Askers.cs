using System.Net;

namespace DendriteViewer.LoadTests;

/// <summary>Asks for 4096² pictures, one after another, and waits as long as it is told to.</summary>
internal sealed class PictureAsker(string address, CookieContainer cookies, string dataset, TimeProvider time)
{
    public const int Side = 4096;

    private int _drawn, _refused;

    /// <summary>From asking to the whole picture.</summary>
    public Samples Latencies { get; } = new();

    public int Drawn => _drawn;

    /// <summary>Answers with status 429.</summary>
    public int Refused => _refused;

    public async Task AskAsync(int client, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = new Uri(address), Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Add("Cookie", cookies.GetCookieHeader(http.BaseAddress));
        try
        {
            for (var n = 0; ; n++)
            {
                var start = time.GetTimestamp();
                using var answer = await http.GetAsync(
                    $"/api/datasets/{dataset}/render.png?size={Side}x{Side}&cam={10 * n + client},20,400,128,128,128", ct);
                if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                {
                    Interlocked.Increment(ref _refused);
                    await Task.Delay(answer.Headers.RetryAfter?.Delta
                        ?? throw new HttpRequestException("429 came without Retry-After."), time, ct);
                    continue;
                }

                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync(ct);
                Interlocked.Increment(ref _drawn);
                Latencies.Add(time.GetElapsedTime(start));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}

/// <summary>Signs in again and again, as somebody new each time.</summary>
internal sealed class SignInAsker(string address, TimeProvider time)
{
    // Within what one address may try in a minute.
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2.5);

    /// <summary>From asking for the form to being let in.</summary>
    public Samples Latencies { get; } = new();

    /// <summary>From asking for the form to having it.</summary>
    public Samples PageLatencies { get; } = new();

    public async Task AskAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                var start = time.GetTimestamp();
                await new Visitor(address).SignInAsync(() => PageLatencies.Add(time.GetElapsedTime(start)), ct);
                Latencies.Add(time.GetElapsedTime(start));
                await Task.Delay(s_interval, time, ct);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
