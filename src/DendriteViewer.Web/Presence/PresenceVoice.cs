using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Streaming;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Presence;

/// <summary>
/// What one page tells the others who look at its dataset: where its person looks, what the laser points at, and the whole view while
/// somebody follows. It goes to the hub's groups, so that a backplane carries it to other servers; only the newest word is kept here.
/// A page that is alone says nothing: it begins to speak when it hears of another.
/// </summary>
public sealed class PresenceVoice : IDisposable
{
    /// <summary>Numbers of a message of the laser at most: z, y, x of 32 points.</summary>
    public const int MostLaserNumbers = 96;

    // A page says at most ten times a second where it is, and as often where it points. Each is counted by itself, so that a long stroke of
    // the laser does not use up what following needs; twice as many are refused.
    private const int Burst = 40, PerSecond = 20;

    // Points that wait for a line that is slow; of more, the oldest are of a trail that has faded already.
    private const int MostWaiting = 3 * 64;

    // So often others hear where a page is; of more pages than this each says it less often, so that what all hear grows with their number
    // and not with its square.
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(90);
    private const int MostAtFullRate = 10;

    // While the view moves it is told so often to followers; a follower's pictures come no faster either.
    private static readonly TimeSpan s_viewInterval = TimeSpan.FromMilliseconds(55);

    // So long a word waits for the readers on this server before the next one, which is the newest by then. With a backplane sending ends
    // when the backplane has the word, and this bounds nothing: decision 0069 says what does.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly IHubClients _clients;
    private readonly string _connection;
    private readonly ViewSession _session;
    private readonly DatasetIdentity _dataset;
    private readonly string _name, _color, _person;
    private readonly TimeProvider _time;
    private readonly MessageQueue _queue, _views;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();

    // Under _lock.
    private readonly MessageRate _rate, _laserRate;

    // The newest word of the page; replaced whole.
    private volatile Whereabouts? _where;

    // What the laser pointed at since it was told last, and in which pane. Under _lock.
    private readonly List<double> _points = [];
    private int _pane;

    private volatile bool _mayPresent, _isPresenting, _isUnseen;

    /// <param name="clients">Where messages go.</param>
    /// <param name="connection">The page's connection, which hears nothing of itself.</param>
    /// <param name="session">What the page looks at.</param>
    /// <param name="person">Who looks.</param>
    /// <param name="mayPresent">Whether they may present: who may annotate.</param>
    /// <param name="time">The clock.</param>
    /// <param name="fault">Told of what nobody expected.</param>
    public PresenceVoice(
        IHubClients clients, string connection, ViewSession session, Person person, bool mayPresent, TimeProvider time,
        Action<Exception> fault)
    {
        (_clients, _connection, _session, _dataset, _time) = (clients, connection, session, session.Dataset.Identity, time);
        (_name, _color, _mayPresent) = (person.Name, PersonColor.Of(person.Key), mayPresent);
        (Id, _person) = (IdOf(session.Id), Public($"person {person.Key} {_dataset.Value}"));
        (_rate, _laserRate) = (new MessageRate(Burst, PerSecond, time), new MessageRate(Burst, PerSecond, time));
        (_queue, _views) = (new MessageQueue(fault), new MessageQueue(fault));
        session.Changed += OnView;
        foreach (var queue in new[] { _queue, _views })
        {
            // It ends with the voice alone; what fails of a message, the queue tells.
            _ = queue.RunAsync(_end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Public id of the page: what others call it. The session's own id, by which it is joined, cannot be told from it.</summary>
    public string Id { get; }

    /// <summary>Public id of the page, public key of its person in this dataset, their colour and name.</summary>
    public string[] Me => [Id, _person, _color, _name];

    /// <summary>The dataset that its page looks at.</summary>
    public DatasetIdentity Dataset => _dataset;

    /// <summary>The page that this one follows; written by the hub's method alone.</summary>
    public string Follows { get; set; } = "";

    /// <summary>Whether the person may present now; who may not any more stops, and their page is told.</summary>
    public bool MayPresent
    {
        set
        {
            _mayPresent = value;
            if (!value && _isPresenting)
            {
                Present(false);
                _queue.Add("presents", ct => SendAsync(_clients.Client(_connection), "presents", [false], ct));
            }
        }
    }

    /// <summary>The public id of the page that has a session.</summary>
    public static string IdOf(string session) => Public("page " + session);

    /// <summary>The hub group of those who follow a page.</summary>
    public static string FollowersOf(DatasetIdentity dataset, string id) => $"followers:{dataset.Value}:{id}";

    /// <summary>Counts a message of the page.</summary>
    /// <exception cref="BudgetSpentException">There were too many.</exception>
    public void Count() => Count(_rate, "words of where a page is");

    /// <summary>The page begins: the others are asked where they are.</summary>
    /// <param name="was">
    /// The session of the page that its tab showed before it was loaded anew, by which others let go of that one; empty for none.
    /// </param>
    public void Announce(string was = "")
    {
        var before = was.Length > 0 && IdOf(was) is var id && id != Id ? id : "";
        _queue.Add("asks", ct =>
            SendAsync(_clients.GroupExcept(DatasetGroups.Everybody(_dataset), _connection), "asks", [Id, before], ct));
    }

    /// <summary>The page says where it is.</summary>
    /// <exception cref="BudgetSpentException">It says so too often.</exception>
    public void Tell(Whereabouts where)
    {
        Count();
        (_isUnseen, _where) = (where.IsUnseen, where.IsAlone ? null : where);
        if (where.Asks)
        {
            // A message of its own: it is sent once, and no newer word replaces it.
            Announce(where.Was);
        }

        _queue.Add("presence", TellAsync);
        if (where is { IsFollowed: true, IsUnseen: false })
        {
            _views.Add("theirs", TellViewAsync);
        }
    }

    /// <summary>The laser points at places: z, y, x of each in µm.</summary>
    /// <exception cref="BudgetSpentException">It does so too often.</exception>
    /// <exception cref="ArgumentException">Its person does not want to be seen.</exception>
    public void Point(int pane, double[] points)
    {
        Count(_laserRate, "places of the laser");
        if (_isUnseen)
        {
            throw new ArgumentException("Who points is seen by all; switch “Be seen by others” on in Display first.");
        }

        lock (_lock)
        {
            _pane = pane;
            _points.AddRange(points);
            _points.RemoveRange(0, Math.Max(0, _points.Count - MostWaiting));
        }

        _views.Add("pointed", PointAsync);
    }

    /// <summary>Begins or ends to present to all who are here.</summary>
    public void Present(bool isPresenting)
    {
        _isPresenting = isPresenting && _mayPresent;
        _queue.Add("presence", TellAsync);
    }

    /// <summary>The page went by itself: nobody waits for it.</summary>
    public Task LeaveAsync() => _clients.GroupExcept(DatasetGroups.Everybody(_dataset), _connection).SendAsync("left", Id);

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Changed -= OnView;
        _end.Cancel();
    }

    private void OnView(ViewRevision revision, object? by)
    {
        if (_where is not { IsUnseen: false } where)
        {
            return;
        }

        _queue.Add("presence", TellAsync);
        if (where.IsFollowed)
        {
            _views.Add("theirs", TellViewAsync);
        }
    }

    private async Task TellAsync(CancellationToken ct)
    {
        if (_where is not { } where)
        {
            return;
        }

        var message = where.IsUnseen
            ? new PresenceMessage(Id, Id, "", null, true, null, null, null, [], where.Follows, false)
            : new PresenceMessage(
                Id, _person, _color, null, false, PresenceView.Of(_session.Current.View), where.Pane, where.Cursor, where.Sizes,
                where.Follows, _isPresenting);
        await SendAsync(Others(DatasetGroups.WithoutNames(_dataset)), "presence", [JsonOf(message)], ct);
        await SendAsync(
            Others(DatasetGroups.WithNames(_dataset)), "presence", [JsonOf(where.IsUnseen ? message : message with { Name = _name })], ct);
        await Task.Delay(s_interval * Math.Max(1, where.Others / MostAtFullRate), _time, ct);
    }

    private async Task TellViewAsync(CancellationToken ct)
    {
        if (_isUnseen)
        {
            return;
        }

        var (number, view) = _session.Current;
        await SendAsync(
            _clients.Group(FollowersOf(_dataset, Id)), "theirs",
            [Id, number, JsonSerializer.Serialize(ViewDto.Of(view), ViewDto.Json), _where?.Sizes ?? []], ct);
        await Task.Delay(s_viewInterval, _time, ct);
    }

    private Task PointAsync(CancellationToken ct)
    {
        double[] points;
        int pane;
        lock (_lock)
        {
            (points, pane) = ([.. _points], _pane);
            _points.Clear();
        }

        return points.Length == 0 || _isUnseen ? Task.CompletedTask
            : SendAsync(Others(DatasetGroups.Everybody(_dataset)), "pointed", [Id, _color, pane, points], ct);
    }

    private void Count(MessageRate rate, string what)
    {
        lock (_lock)
        {
            if (!rate.TryTake())
            {
                throw new BudgetSpentException(what, TimeSpan.FromSeconds(1));
            }
        }
    }

    private IClientProxy Others(string group) => _clients.GroupExcept(group, _connection);

    private async Task SendAsync(IClientProxy to, string method, object?[] arguments, CancellationToken ct)
    {
        var sending = to.SendCoreAsync(method, arguments, ct);
        if (!sending.IsCompleted)
        {
            await Task.WhenAny(sending, Task.Delay(s_patience, _time, ct));
        }

        if (sending.IsFaulted)
        {
            await sending;
        }
    }

    private static string JsonOf(PresenceMessage message) => JsonSerializer.Serialize(message, ViewDto.Json);

    private static string Public(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, Whereabouts.IdChars / 2));
}
