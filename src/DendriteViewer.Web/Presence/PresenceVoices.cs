using System.Collections.Concurrent;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Servers;
using DendriteViewer.Web.Streaming;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Presence;

/// <summary>The voices of this server's connections. Who else is here, no server keeps: each page knows whom it hears.</summary>
public sealed partial class PresenceVoices : IDisposable
{
    private readonly ConcurrentDictionary<string, PresenceVoice> _voices = new();
    private readonly IHubContext<FrameHub> _hub;
    private readonly ServerNews _servers;
    private readonly TimeProvider _time;
    private readonly ILogger<PresenceVoices> _log;

    /// <param name="hub">Where words go.</param>
    /// <param name="servers">Whether they reach the pages of other servers.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where faults are written.</param>
    public PresenceVoices(IHubContext<FrameHub> hub, ServerNews servers, TimeProvider time, ILogger<PresenceVoices> log)
    {
        (_hub, _servers, _time, _log) = (hub, servers, time, log);
        servers.WireMoved += OnWireMoved;
    }

    /// <summary>A connection joined a session, perhaps another one than before.</summary>
    public PresenceVoice Begin(string connection, ViewSession session, Person person, DatasetRole role)
    {
        var voice = new PresenceVoice(
            _hub.Clients, connection, session, person, role >= DatasetRole.Annotate, _time, e => LogFault(_log, e));
        PresenceVoice? before = null;
        _voices.AddOrUpdate(connection, voice, (_, old) => (before = old, voice).voice);
        before?.Dispose();
        voice.Announce();
        return voice;
    }

    /// <summary>The voice of a connection that joined; else null.</summary>
    public PresenceVoice? Find(string connection) => _voices.GetValueOrDefault(connection);

    /// <summary>Ends a connection's voice.</summary>
    public PresenceVoice? End(string connection)
    {
        if (_voices.TryRemove(connection, out var voice))
        {
            voice.Dispose();
        }

        return voice;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _servers.WireMoved -= OnWireMoved;
        foreach (var id in _voices.Keys)
        {
            End(id);
        }
    }

    // Pages that were parted have forgotten each other, and who is alone says nothing until it is asked.
    private void OnWireMoved()
    {
        if (_servers.IsWired)
        {
            foreach (var voice in _voices.Values)
            {
                voice.Announce();
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Presence could not be told")]
    private static partial void LogFault(ILogger logger, Exception exception);
}
