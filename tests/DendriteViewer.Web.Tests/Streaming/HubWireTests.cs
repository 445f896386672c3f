using System.Text;
using System.Text.RegularExpressions;
using DendriteViewer.Web.Streaming;
using DendriteViewer.Web.Streaming.Calls;
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

    // What the hub sends before the viewer listens is kept by a list of names, and a name that is not in it would be lost.
    [Fact]
    public void Messages_OfTheHub_AreAllKeptForTheViewer()
    {
        var repository = ArchitectureTests.FindRepository();
        var sent = Directory.EnumerateFiles(Path.Combine(repository, "src/DendriteViewer.Web"), "*.cs", SearchOption.AllDirectories)
            .Where(f => File.ReadAllText(f).Contains("FrameHub", StringComparison.Ordinal) || f.Contains("Streaming"))
            .SelectMany(f => Regex.Matches(File.ReadAllText(f), "SendAsync\\(\\s*\"([a-z]+)\"")).Select(m => m.Groups[1].Value)
            .ToHashSet();
        var opening = File.ReadAllText(Path.Combine(repository, "wwwroot/viewer/opening.js"));
        var kept = Regex.Match(opening, "const names = \\[([^]]*)\\]").Groups[1].Value.Split(',').Select(n => n.Trim().Trim('\''));
        Assert.Contains("frame", sent);
        Assert.Empty(sent.Except(kept));
    }

    [Fact]
    public void Probe_OnTheWire_HasTheNamesThatTheDocumentationGives()
    {
        var bytes = _protocol.GetMessageBytes(new CompletionMessage("1", null, new ProbeDto(12.5, 101, 1, 2, 3), hasResult: true));

        var text = Encoding.Latin1.GetString(bytes.Span);
        Assert.All(["value", "depthUm", "z", "y", "x"], name => Assert.Contains($"{(char)(0xA0 + name.Length)}{name}", text, StringComparison.Ordinal));
    }
}
