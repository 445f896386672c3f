using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.LoadTests;

/// <summary>
/// Marks a site once a second, moves it twice and deletes it, and begins again: by operations of the journal, each with a key, the version
/// that it was made from and what was seen, as pages edit.
/// </summary>
internal sealed partial class Annotator(Viewer viewer, int number, TimeProvider time)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private readonly Random _random = new(number);

    // Sites that the server said it keeps, and in which version.
    private readonly Dictionary<string, int> _kept = [];

    // Sites that the server said it deleted.
    private readonly HashSet<string> _deleted = [];

    /// <summary>From sending an edit to the server's answer that it is kept.</summary>
    public Samples Latencies { get; } = new();

    /// <summary>What the server said of edits that it did not take.</summary>
    public List<string> Refusals { get; } = [];

    public async Task AnnotateAsync(CancellationToken ct)
    {
        try
        {
            // Not all in the same moment.
            await Task.Delay(_random.NextDouble() * s_interval, time, ct);
            using var timer = new PeriodicTimer(s_interval, time);
            while (true)
            {
                var (id, place) = (NewKey()[..12], Place());
                var version = await EditAsync(id, new JsonObject
                {
                    ["do"] = "add", ["id"] = id, ["seenNow"] = true, ["fields"] = With(place, new JsonObject
                    {
                        ["hours"] = viewer.Hours, ["modality"] = viewer.Modality, ["radiusUm"] = 5, ["status"] = "proposed", ["note"] = "",
                        ["label"] = "",
                    }),
                }, ct);
                for (var move = 0; move < 2; move++)
                {
                    await timer.WaitForNextTickAsync(ct);
                    var was = place;
                    place = Place();
                    version = await EditAsync(id, new JsonObject
                    {
                        ["do"] = "change", ["id"] = id, ["base"] = version, ["fields"] = With(place), ["was"] = With(was),
                    }, ct);
                }

                await timer.WaitForNextTickAsync(ct);
                await EditAsync(id, new JsonObject { ["do"] = "delete", ["id"] = id, ["base"] = version }, ct);
                await timer.WaitForNextTickAsync(ct);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>What was kept by the server's word and is not there, or was deleted by its word and is there.</summary>
    /// <param name="versions">The versions of the dataset's sites as they are now, by their ids.</param>
    public IEnumerable<string> Lost(IReadOnlyDictionary<string, int> versions) =>
        _kept.Where(k => versions.GetValueOrDefault(k.Key) < k.Value).Select(k => $"Version {k.Value} of {k.Key} is lost.")
            .Concat(_deleted.Where(versions.ContainsKey).Select(id => $"The deletion of {id} is lost."));

    // Anywhere in the phantom, µm.
    private double[] Place() => [.. Enumerable.Range(0, 3).Select(_ => Math.Round(20 + (216 * _random.NextDouble()), 3))];

    private static JsonObject With(double[] place, JsonObject? more = null)
    {
        more ??= [];
        (more["zUm"], more["yUm"], more["xUm"]) = (place[0], place[1], place[2]);
        return more;
    }

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    // Sends an edit until it is answered, with one key. The version that it made; null where it was refused.
    private async Task<int?> EditAsync(string id, JsonObject op, CancellationToken ct)
    {
        op["key"] = NewKey();
        var text = $"[{op.ToJsonString()}]";

        // Until the answer nobody knows.
        _kept.Remove(id);
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                var answer = JsonNode.Parse(await viewer.InvokeAsync<string>("Edit", ct, text))![0]!;
                if ((string?)answer["outcome"] is not ("accepted" or "merged"))
                {
                    Refusals.Add((string?)answer["why"] ?? (string?)answer["outcome"] ?? text);
                    return null;
                }

                Latencies.Add(time.GetElapsedTime(start));
                if ((string?)op["do"] == "delete")
                {
                    _deleted.Add(id);
                    return null;
                }

                return _kept[id] = (int)answer["version"]!;
            }
            catch (HubException e) when (AskAgain().Match(e.Message) is { Success: true } later)
            {
                await Task.Delay(TimeSpan.FromSeconds(int.Parse(later.Groups[1].Value, CultureInfo.InvariantCulture)), time, ct);
            }
            catch (HubException e)
            {
                Refusals.Add(e.Message);
                return null;
            }
        }
    }

    [GeneratedRegex("ask again in ([0-9]+) s")]
    private static partial Regex AskAgain();
}
