using System.Text.Json.Nodes;
using System.Threading.Channels;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Servers;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Streaming;

/// <summary>
/// Tells all who look at a dataset, on whichever server, the entries that this server wrote into its journal, in their order. Who misses
/// one sees that a number is missing, and asks for what came since. Of what other servers wrote, the viewers of this one are told the last
/// number: where no backplane carried the entry itself, they ask. So are they when it goes or is back, since messages may have been lost.
/// </summary>
public sealed partial class EntryNews : BackgroundService
{
    // States that are told in a message at most; of more, clients ask.
    private const int MostStates = 200;

    private readonly EditJournal _journal;
    private readonly EditDesk _desk;
    private readonly IHubContext<FrameHub> _hub;
    private readonly ILogger<EntryNews> _log;
    private readonly ServerNews _servers;
    private readonly FrameConnections _connections;

    private readonly Channel<(DatasetIdentity Dataset, IReadOnlyList<JournalEntry> Entries)> _waiting =
        Channel.CreateUnbounded<(DatasetIdentity, IReadOnlyList<JournalEntry>)>(new UnboundedChannelOptions { SingleReader = true });

    /// <param name="journal">What is told.</param>
    /// <param name="desk">Writes it for clients.</param>
    /// <param name="hub">Where it goes.</param>
    /// <param name="connections">The viewers of this server.</param>
    /// <param name="servers">Whether messages reach the viewers of other servers.</param>
    /// <param name="log">Where faults are written.</param>
    public EntryNews(
        EditJournal journal, EditDesk desk, IHubContext<FrameHub> hub, FrameConnections connections, ServerNews servers,
        ILogger<EntryNews> log)
    {
        (_journal, _desk, _hub, _connections, _servers, _log) = (journal, desk, hub, connections, servers, log);
        journal.Appended += OnAppended;
        journal.CaughtUp += OnCaughtUp;
        servers.WireMoved += OnWireMoved;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _journal.Appended -= OnAppended;
        _journal.CaughtUp -= OnCaughtUp;
        _servers.WireMoved -= OnWireMoved;
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (dataset, entries) in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await SendAsync(DatasetGroups.Journal(dataset, seesNames: true), entries, seesNames: true, stoppingToken);
                await SendAsync(DatasetGroups.Journal(dataset, seesNames: false), entries, seesNames: false, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Clients find the gap with the next message.
                LogFault(_log, e);
            }
        }
    }

    private void OnAppended(DatasetIdentity dataset, IReadOnlyList<JournalEntry> entries) =>
        _waiting.Writer.TryWrite((dataset, entries));

    private void OnCaughtUp(DatasetIdentity dataset, long last) => _connections.TellNewest(dataset, last);

    private void OnWireMoved() => _ = Task.Run(async () =>
    {
        try
        {
            await _journal.CatchUpAllAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            LogFault(_log, e);
        }

        foreach (var (dataset, last) in _journal.Numbers)
        {
            _connections.TellNewest(dataset, last);
        }
    });

    private Task SendAsync(string group, IReadOnlyList<JournalEntry> entries, bool seesNames, CancellationToken ct)
    {
        var json = new JsonArray([.. entries.Select(e => _desk.JsonOf(e.Entry, e.Rows, seesNames, MostStates))]).ToJsonString();
        return _hub.Clients.Group(group).SendAsync("entries", json, ct);
    }

    [LoggerMessage(LogLevel.Error, "Entries of a journal could not be told to viewers")]
    private static partial void LogFault(ILogger logger, Exception exception);
}
