namespace DendriteViewer.Web.Servers;

/// <summary>What carries news between servers. It may lose some; then it says so.</summary>
public interface INewsWire
{
    /// <summary>Raised with a message of any server, this one included; handlers must be quick.</summary>
    event Action<string>? Received;

    /// <summary>Raised when messages may have been lost and can be received again.</summary>
    event Action? Restored;

    /// <summary>Begins to receive; keeps trying for as long as the server lives where the wire does not answer.</summary>
    Task BeginAsync(CancellationToken ct);

    /// <summary>Sends to every server; returns before it is sent, and is not told whether it was.</summary>
    void Send(string message);
}
