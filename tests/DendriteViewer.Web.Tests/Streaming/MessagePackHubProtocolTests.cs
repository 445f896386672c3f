using System.Buffers;
using DendriteViewer.Web.Streaming;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace DendriteViewer.Web.Tests.Streaming;

public sealed class MessagePackHubProtocolTests : IInvocationBinder
{
    private readonly MessagePackHubProtocol _protocol = new();
    private Type[] _types = [];

    public Type GetReturnType(string invocationId) => _types[0];

    public IReadOnlyList<Type> GetParameterTypes(string methodName) => _types;

    public Type GetStreamItemType(string streamId) => _types[0];

    [Fact]
    public void Invocation_WrittenAndParsed_KeepsItsArguments() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(string, int, long)>(), ArbMap.Default.ArbFor<byte[]>(), (t, bytes) =>
        {
            _types = [typeof(string), typeof(int), typeof(long), typeof(double), typeof(bool), typeof(byte[]), typeof(double[])];
            var sent = new InvocationMessage("7", "Look", [t.Item1, t.Item2, t.Item3, 0.1, true, bytes, new[] { 1.5, -2 }]);
            var got = Assert.IsType<InvocationMessage>(Again(sent));
            return got.InvocationId == "7" && got.Target == "Look" && Equals(got.Arguments[0], t.Item1 is null ? null : System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(t.Item1)))
                && Equals(got.Arguments[1], t.Item2) && Equals(got.Arguments[2], t.Item3) && Equals(got.Arguments[3], 0.1) && Equals(got.Arguments[4], true)
                && (bytes is null ? got.Arguments[5] is null : ((byte[])got.Arguments[5]!).SequenceEqual(bytes)) && ((double[])got.Arguments[6]!).SequenceEqual([1.5, -2]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Frame_OnTheWire_IsHardlyLargerThanThePicture()
    {
        var picture = new byte[40_000];
        var bytes = _protocol.GetMessageBytes(new InvocationMessage("frame", [3, 12L, 34L, "image/jpeg", 1, 640, 480, (ReadOnlyMemory<byte>)picture]));
        Assert.InRange(bytes.Length, picture.Length, picture.Length * 1.05);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void OtherMessages_WrittenAndParsed_AreOfTheSameKind(HubMessage message)
    {
        _types = [typeof(string)];
        Assert.Equal(message.GetType(), Again(message).GetType());
    }

    public static TheoryData<HubMessage> Others() =>
    [
        PingMessage.Instance, new CloseMessage("gone", true), new CompletionMessage("1", null, "x", true), new CompletionMessage("1", "error", null, false),
        CompletionMessage.Empty("1"), new StreamItemMessage("1", "x"), new CancelInvocationMessage("1"), new StreamInvocationMessage("1", "m", ["x"]), new AckMessage(5), new SequenceMessage(6),
    ];

    [Fact]
    public void Messages_InPieces_AreParsedWhenWhole()
    {
        _types = [typeof(string)];
        var bytes = _protocol.GetMessageBytes(new InvocationMessage("m", [new string('x', 300)])).ToArray();
        for (var n = 0; n < bytes.Length; n++)
        {
            var part = new ReadOnlySequence<byte>(bytes, 0, n);
            Assert.False(_protocol.TryParseMessage(ref part, this, out _));
            Assert.Equal(n, part.Length);
        }
    }

    [Fact]
    public void RandomBytes_GiveAMessageOrInvalidData()
    {
        _types = [typeof(string), typeof(int), typeof(double[])];
        var random = new Random(11);
        var template = _protocol.GetMessageBytes(new InvocationMessage("1", "Look", ["text", 5, new[] { 1.0 }])).ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = template.ToArray();
            for (var n = random.Next(1, 5); n > 0; n--)
            {
                bytes[random.Next(1, bytes.Length)] = (byte)random.Next(256);
            }

            var sequence = new ReadOnlySequence<byte>(bytes);
            try
            {
                _protocol.TryParseMessage(ref sequence, this, out _);
            }
            catch (Exception e) when (e is InvalidDataException or OverflowException)
            {
            }
        }
    }

    private HubMessage Again(HubMessage message)
    {
        var bytes = new ReadOnlySequence<byte>(_protocol.GetMessageBytes(message).ToArray());
        Assert.True(_protocol.TryParseMessage(ref bytes, this, out var got));
        Assert.True(bytes.IsEmpty);
        return got;
    }
}
