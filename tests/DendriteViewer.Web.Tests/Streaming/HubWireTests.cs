using System.Text;
using DendriteViewer.Web.Streaming;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace DendriteViewer.Web.Tests.Streaming;

/// <summary>What the frame hub puts on the wire, as clients in other languages read it.</summary>
public sealed class HubWireTests
{
    private readonly MessagePackHubProtocol _protocol = new();

    [Fact]
    public void Frame_OnTheWire_IsHardlyLargerThanThePicture()
    {
        var picture = new byte[40_000];

        var bytes = _protocol.GetMessageBytes(new InvocationMessage("frame", [3, 12L, 34L, "image/jpeg", 1, 640, 480, (ReadOnlyMemory<byte>)picture]));

        Assert.InRange(bytes.Length, picture.Length, picture.Length * 1.05);
    }

    [Fact]
    public void Probe_OnTheWire_HasTheNamesThatTheDocumentationGives()
    {
        var bytes = _protocol.GetMessageBytes(new CompletionMessage("1", null, new ProbeDto(12.5, 101, 1, 2, 3), hasResult: true));

        var text = Encoding.Latin1.GetString(bytes.Span);
        Assert.All(["value", "depthUm", "z", "y", "x"], name => Assert.Contains($"{(char)(0xA0 + name.Length)}{name}", text, StringComparison.Ordinal));
    }
}
