namespace DendriteViewer.Web.Servers;

/// <summary>What carries news between servers. It may lose some; then it says so.</summary>
public interface INewsWire
{
    /// <summary>Raised with a message of any server, this one included; handlers must be quick.</summary>
    event Action<string>? Received;

    /// <summary>Raised when <see cref="IsUp"/> changed: messages may have been lost.</summary>
    event Action? Moved;

    /// <summary>Whether it carries news, and messages to viewers of other servers, at the moment.</summary>
    bool IsUp { get; }

    /// <summary>Receives until it is stopped, and keeps trying where the wire does not answer.</summary>
    Task RunAsync(CancellationToken ct);

    /// <summary>Sends to every server; returns before it is sent, and is not told whether it was.</summary>
    void Send(string message);
}
