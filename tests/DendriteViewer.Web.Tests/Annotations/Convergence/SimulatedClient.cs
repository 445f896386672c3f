using System.Text.Json.Nodes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations.Journal;

namespace DendriteViewer.Web.Tests.Annotations.Convergence;

/// <summary>
/// Somebody who edits over a bad line: calls are lost on their way or their answers are, or come twice; what is told comes late, in
/// another order or not at all; and after a break the client goes on at whichever server.
/// </summary>
internal sealed class SimulatedClient(int index, int seed, IReadOnlyList<SimulatedServer> servers)
{
    private const int MostTogether = 50;
    private readonly Random _random = new(seed * 31 + index);
    private readonly Lock _inboxLock = new();
    private readonly List<JsonArray> _inbox = [];
    private readonly List<long> _own = [];
    private SimulatedServer _server = servers[index % servers.Count];
    private int _made;

    public Person Person { get; } = new($"person-{index}", $"Person {index}");

    public Replica Replica { get; } = new();

    /// <summary>Every edit that was made, by its key.</summary>
    public Dictionary<string, EditOp> Made { get; } = [];

    /// <summary>What became of each, by its key.</summary>
    public Dictionary<string, EditAnswer> Answered { get; } = [];

    /// <summary>The journal told this; it arrives when it arrives.</summary>
    public void Tell(JsonArray entries)
    {
        lock (_inboxLock)
        {
            _inbox.Insert(_random.Next(Math.Max(0, _inbox.Count - 3), _inbox.Count + 1), entries);
        }
    }

    public async Task RunAsync(int edits)
    {
        await CatchUpAsync();
        while (_made < edits)
        {
            for (var burst = Math.Min(_random.Next(1, 60), edits - _made); burst > 0; burst--)
            {
                Make();
            }

            Hear();
            if (_random.NextDouble() < 0.06)
            {
                // Offline for a while; what is made meanwhile waits.
                Forget(0.3);
                _server = servers[_random.Next(servers.Count)];
                await CatchUpAsync();
                continue;
            }

            await SendAsync(reliably: false);
            if (Replica.HasGap && _random.Next(3) == 0)
            {
                await CatchUpAsync();
            }
        }
    }

    /// <summary>All that waits is sent, and all that was told is heard.</summary>
    public async Task SettleAsync()
    {
        while (Made.Count > Answered.Count)
        {
            await SendAsync(reliably: true);
        }

        await CatchUpAsync();
    }

    public async Task CatchUpAsync()
    {
        // Answers in turn: as many entries as one answer holds.
        long before;
        do
        {
            before = Replica.Number;
            Replica.CatchUp(await _server.SinceAsync(Replica.Number));
        }
        while (Replica.Number > before);

        // What is whole names no keys.
        Replica.Pending.RemoveAll(p => Answered.TryGetValue(p.Key, out var answer) && !(answer.Number > Replica.Number));
    }

    private void Hear()
    {
        JsonArray[] heard;
        lock (_inboxLock)
        {
            heard = [.. _inbox];
            _inbox.Clear();
        }

        foreach (var entries in heard.Where(_ => _random.NextDouble() > 0.02))
        {
            Replica.Receive(entries);
        }
    }

    // What was told while the line was down is lost.
    private void Forget(double share)
    {
        lock (_inboxLock)
        {
            _inbox.RemoveAll(_ => _random.NextDouble() < share);
        }
    }

    private void Make()
    {
        var op = Next() with { Key = $"client{index}-{_made++:00000}" };
        Made.Add(op.Key, op);
        Replica.Pending.Add(op);
    }

    private EditOp Next()
    {
        var kind = _random.Next(100);
        if (kind < 8 && _own.Count > 0)
        {
            return new EditOp { Do = EditAction.Undo, Of = _own[_random.Next(_own.Count)] };
        }

        if (kind < 30 || Replica.Alive.Count < 5)
        {
            return new EditOp
            {
                Do = EditAction.Add, Id = $"c{index}n{_made}",
                Fields = new JsonObject
                {
                    ["zUm"] = 60 + _made % 7, ["yUm"] = 90, ["xUm"] = 90, ["hours"] = 0, ["modality"] = "projection",
                    ["label"] = $"C{index}-{_made}", ["note"] = "", ["status"] = "proposed", ["radiusUm"] = 5,
                },
            };
        }

        // Few are edited by many.
        var id = Replica.Alive[(int)(Math.Pow(_random.NextDouble(), 3) * Replica.Alive.Count)];
        if (Replica.Seen(id) is not { } seen)
        {
            return new EditOp { Do = EditAction.Delete, Id = id };
        }

        var known = Replica.Confirmed.GetValueOrDefault(id)?["version"]?.GetValue<int>();
        if (kind < 36)
        {
            return new EditOp { Do = EditAction.Delete, Id = id, Base = known };
        }

        if (kind < 38 && known > 1)
        {
            return new EditOp { Do = EditAction.Restore, Id = id, Of = _random.Next(1, known.Value) };
        }

        var fields = _random.Next(4) switch
        {
            0 => new JsonObject { ["note"] = $"note {index} {_made}" },
            1 => new JsonObject { ["status"] = _random.Next(2) == 0 ? "confirmed" : "rejected" },
            2 => new JsonObject { ["radiusUm"] = 1 + _random.Next(9) },
            _ => new JsonObject { ["zUm"] = 50 + _random.NextDouble() * 20, ["yUm"] = 90.5, ["xUm"] = 91.25 },
        };
        var was = new JsonObject(fields.Select(f => KeyValuePair.Create(f.Key, seen[f.Key]?.DeepClone())));
        return new EditOp { Do = EditAction.Change, Id = id, Base = known, Fields = fields, Was = was };
    }

    private async Task SendAsync(bool reliably)
    {
        EditOp[] ops = [.. Made.Values.Where(o => !Answered.ContainsKey(o.Key)).Take(MostTogether)];
        if (ops.Length == 0 || (!reliably && _random.NextDouble() < 0.05))
        {
            return;
        }

        // Some are sent twice, and either may be first: what one of the two did is what counts.
        var calls = await Task.WhenAll(Enumerable.Range(0, !reliably && _random.NextDouble() < 0.05 ? 2 : 1)
            .Select(_ => _server.EditAsync(ops, Person)));
        EditAnswer[] answers = [.. calls[0].Select((a, i) => a.Number is null ? calls[^1][i] : a)];
        if (!reliably && _random.NextDouble() < 0.05)
        {
            // Done, but the answer is lost: it is sent again with the same keys.
            return;
        }

        foreach (var answer in answers)
        {
            Answered[answer.Key] = answer;
            if (answer is { Number: { } number })
            {
                _own.Add(number);
            }

            // What is in the journal stays over the rest until the journal tells it.
            if (answer.Number is not { } at || at <= Replica.Number)
            {
                Replica.Pending.RemoveAll(p => p.Key == answer.Key);
            }
        }
    }
}
