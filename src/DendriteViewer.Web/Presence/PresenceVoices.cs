using System.Collections.Concurrent;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Streaming;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Presence;

/// <summary>The voices of this server's connections. Who else is here, no server keeps: each page knows whom it hears.</summary>
public sealed partial class PresenceVoices(IHubContext<FrameHub> hub, TimeProvider time, ILogger<PresenceVoices> log) : IDisposable
{
    private readonly ConcurrentDictionary<string, PresenceVoice> _voices = new();

    /// <summary>A connection joined a session, perhaps another one than before.</summary>
    public PresenceVoice Begin(string connection, ViewSession session, Person person, DatasetRole role)
    {
        var voice = new PresenceVoice(
            hub.Clients, connection, session, person, role >= DatasetRole.Annotate, time, e => LogFault(log, e));
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
        foreach (var id in _voices.Keys)
        {
            End(id);
        }
    }

    [LoggerMessage(LogLevel.Error, "Presence could not be told")]
    private static partial void LogFault(ILogger logger, Exception exception);
}
