using System.Collections.Concurrent;
using System.Text.Json;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Streaming;

/// <summary>The hub's connections that joined a session, and what is told to all who look at a dataset.</summary>
public sealed partial class FrameConnections : IDisposable
{
    private readonly ConcurrentDictionary<string, FrameConnection> _connections = new();
    private readonly Lock _swap = new();
    private readonly IHubContext<FrameHub> _hub;
    private readonly ViewSessions _sessions;
    private readonly SiteLog _sites;
    private readonly MeasurementLog _measurements;
    private readonly SchemaLog _schemas;
    private readonly SliceRenderer _slices;
    private readonly VolumeRenderer _volumes;
    private readonly RenderScheduler _scheduler;
    private readonly SharedFrames _shared;
    private readonly ComputeLanes _lanes;
    private readonly TimeProvider _time;
    private readonly ILogger<FrameConnections> _log;
    private readonly DatasetNews _measurementNews, _schemaNews, _presenceNews;

    /// <param name="hub">Where messages go.</param>
    /// <param name="sessions">Whose presence is told.</param>
    /// <param name="sites">Whose edits are told.</param>
    /// <param name="measurements">Whose edits are told too.</param>
    /// <param name="schemas">Whose edits are told too.</param>
    /// <param name="slices">Draws slices.</param>
    /// <param name="volumes">Draws in 3D.</param>
    /// <param name="scheduler">Shares the compute.</param>
    /// <param name="shared">Frames that several viewers of a view share.</param>
    /// <param name="lanes">Where work that takes long runs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where faults are written.</param>
    public FrameConnections(
        IHubContext<FrameHub> hub, ViewSessions sessions, SiteLog sites, MeasurementLog measurements, SchemaLog schemas,
            SliceRenderer slices,
        VolumeRenderer volumes, RenderScheduler scheduler, SharedFrames shared, ComputeLanes lanes, TimeProvider time,
        ILogger<FrameConnections> log)
    {
        (_hub, _sessions, _sites, _slices, _volumes) = (hub, sessions, sites, slices, volumes);
        (_scheduler, _lanes, _time, _log) = (scheduler, lanes, time, log);
        (_measurements, _schemas, _shared) = (measurements, schemas, shared);
        void Fault(Exception e) => LogFault(_log, e);
        _measurementNews = new DatasetNews(TellMeasurementsAsync, Fault);
        _presenceNews = new DatasetNews(TellPresenceAsync, Fault);
        _schemaNews = new DatasetNews(TellSchemaAsync, Fault);
        _schemas.Changed += _schemaNews.Tell;
        _measurements.Changed += _measurementNews.Tell;
        _sessions.PresenceChanged += _presenceNews.Tell;
    }

    /// <summary>Begins to stream to a connection; a connection that joins again leaves what it had.</summary>
    public void Begin(
        string connectionId, ViewSession session, bool seesNames, IDisposable budget, Func<Task<bool>> isStillOpen,
        Func<CancellationToken, Task> leave, Action abort, CancellationToken aborted)
    {
        var connection = new FrameConnection(
            _hub.Clients.Client(connectionId), session, seesNames, sink => [.. from isOther in new[] { false, true }
                from pane in Enum.GetValues<Pane>()
                select new PaneStream(new PanePictures(pane, session, _slices, _volumes), isOther, _scheduler, _shared, sink, _time,
                    e => LogFault(_log, e))],
            _volumes, _slices, _lanes[Urgency.Resting], budget, _time, isStillOpen, leave, abort,
            e => LogFault(_log, e));
        FrameConnection? replaced;
        lock (_swap)
        {
            _connections.TryRemove(connectionId, out replaced);
            _connections[connectionId] = connection;
        }

        _sessions.Connected(session, 1);
        RenderMetrics.Viewers(1);
        Release(replaced);
        _ = session.Dataset.Kept is null ? TellSitesAsync(connection) : TellKeptAsync(connection);
        _measurementNews.Tell(session.Dataset.Identity);
        _schemaNews.Tell(session.Dataset.Identity);

        // A connection that went while it joined is ended here, since nobody else will.
        aborted.Register(() => End(connectionId));
    }

    /// <summary>
    /// The connection if it joined and its right to look has not ended. What a call does for it is refused from then on, though the
    /// connection is open for a moment more.
    /// </summary>
    public FrameConnection? Find(string connectionId) => FindHeld(connectionId) is { IsRefused: false } open ? open : null;

    /// <summary>The connection if it joined, also where its right to look has ended: it may still be in groups.</summary>
    public FrameConnection? FindHeld(string connectionId) => _connections.GetValueOrDefault(connectionId);

    /// <summary>Ends the streams of a connection.</summary>
    public void End(string connectionId)
    {
        FrameConnection? connection;
        lock (_swap)
        {
            _connections.TryRemove(connectionId, out connection);
        }

        Release(connection);
    }

    private void Release(FrameConnection? connection)
    {
        if (connection is not null)
        {
            connection.Dispose();
            _sessions.Connected(connection.Session, -1);
            RenderMetrics.Viewers(-1);
            _sessions.Release(connection.Session);
            _scheduler.Forget(connection.Session.Id);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _schemas.Changed -= _schemaNews.Tell;
        _measurements.Changed -= _measurementNews.Tell;
        _sessions.PresenceChanged -= _presenceNews.Tell;
        foreach (var id in _connections.Keys)
        {
            End(id);
        }
    }

    /// <summary>Tells this server's viewers of a dataset the last entry of its journal, which another server wrote; never waits.</summary>
    public void TellNewest(DatasetIdentity id, long number)
    {
        foreach (var connection in At(id).Where(c => c.Session.Dataset.Kept is null))
        {
            connection.TellNewest(number);
        }
    }

    // The sites as they are when somebody joins. What is edited from then on they hear as entries of the journal (EntryNews), whose group
    // they entered before, so that nothing is missed between the two.
    private async Task TellSitesAsync(FrameConnection connection)
    {
        try
        {
            var (list, number) = await _sites.NumberedListAsync(connection.Session.Dataset.Identity);
            connection.TellSites(JsonSerializer.Serialize(
                connection.SeesNames ? list : SiteRules.WithoutNames(list), SiteLog.Json), number);
        }
        catch (Exception e)
        {
            LogFault(_log, e);

            // A page that has no list and hears of an entry asks for all, until it has it.
            connection.TellNewest(0);
        }
    }

    // A kept state does not change, and is told once.
    private async Task TellKeptAsync(FrameConnection connection)
    {
        try
        {
            var dataset = connection.Session.Dataset;
            var sites = await _sites.ListAsync(dataset);
            connection.TellSites(JsonSerializer.Serialize(
                connection.SeesNames ? sites : SiteRules.WithoutNames(sites), SiteLog.Json), 0);
            connection.TellSavedMeasurements(MeasurementMark.JsonOf(await _measurements.ListAsync(dataset)));
            connection.TellSchema(JsonSerializer.Serialize(await _schemas.OfAsync(dataset), MeasurementLog.Json));
        }
        catch (Exception e)
        {
            LogFault(_log, e);
        }
    }

    // A measurement's mark has nobody's name.
    private async Task TellMeasurementsAsync(DatasetIdentity id)
    {
        var json = MeasurementMark.JsonOf(await _measurements.ListAsync(id));
        foreach (var connection in At(id).Where(c => c.Session.Dataset.Kept is null))
        {
            connection.TellSavedMeasurements(json);
        }
    }

    private async Task TellSchemaAsync(DatasetIdentity id)
    {
        var json = JsonSerializer.Serialize(await _schemas.OfAsync(id), MeasurementLog.Json);
        foreach (var connection in At(id).Where(c => c.Session.Dataset.Kept is null))
        {
            connection.TellSchema(json);
        }
    }

    private Task TellPresenceAsync(DatasetIdentity id)
    {
        var count = _sessions.CountOf(id);
        foreach (var connection in At(id))
        {
            connection.TellPresence(count);
        }

        return Task.CompletedTask;
    }

    private IEnumerable<FrameConnection> At(DatasetIdentity id) => _connections.Values.Where(c => c.Session.Dataset.Identity == id);

    [LoggerMessage(LogLevel.Error, "A frame stream failed")]
    private static partial void LogFault(ILogger logger, Exception exception);
}
