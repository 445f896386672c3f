using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Web.Streaming;

/// <summary>Where frames go: a hub connection, or a test.</summary>
public interface IFrameSink
{
    /// <summary>Sends one frame; the bytes may be reused when the task is done.</summary>
    Task SendAsync(FrameHeader header, ReadOnlyMemory<byte> encoded, CancellationToken ct);

    /// <summary>Says that a pane waits, or what went wrong; empty when all is well again.</summary>
    Task ReportStatusAsync(Pane pane, bool isOther, string message, CancellationToken ct);
}

/// <summary>What a frame is.</summary>
/// <param name="Pane">The pane.</param>
/// <param name="IsOther">Whether it shows the other of two timesteps that are compared.</param>
/// <param name="Number">Counts the pane's frames from 1; acknowledged by it.</param>
/// <param name="Revision">The view revision that it shows.</param>
/// <param name="Format">image/jpeg or image/png.</param>
/// <param name="Exact">Whether every pixel is at rest, at full scale, from the level that the view asks for.</param>
/// <param name="Partial">Whether bricks are still on their way.</param>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
public readonly record struct FrameHeader(
    Pane Pane, bool IsOther, long Number, long Revision, string Format, bool Exact, bool Partial, int Width, int Height);
