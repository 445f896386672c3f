using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace DendriteViewer.Web.Streaming;

/// <summary>
/// SignalR's MessagePack hub protocol, after its published layout (aspnetcore, SignalR/docs/specs/HubProtocol.md): each
/// message is a MessagePack array behind its length as a base-128 number. Bytes stay bytes; what is neither a primitive
/// nor bytes travels as the JSON serializer shapes it.
/// </summary>
public sealed class MessagePackHubProtocol : IHubProtocol
{
    private const int Invocation = 1, StreamItem = 2, Completion = 3, StreamInvocation = 4, CancelInvocation = 5, PingType = 6, CloseType = 7, AckType = 8, SequenceType = 9;
    private const int LargestMessage = 4 << 20;

    /// <inheritdoc/>
    public string Name => "messagepack";

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public TransferFormat TransferFormat => TransferFormat.Binary;

    /// <inheritdoc/>
    public bool IsVersionSupported(int version) => version <= Version;

    /// <inheritdoc/>
    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        message = null;
        if (!TryReadLength(input, out var length, out var prefix) || input.Length < prefix + length)
        {
            return false;
        }

        var body = input.Slice(prefix, length);
        var bytes = body.IsSingleSegment ? body.FirstSpan : body.ToArray();
        input = input.Slice(prefix + length);
        message = Parse(bytes, binder);
        return true;
    }

    /// <inheritdoc/>
    public void WriteMessage(HubMessage message, IBufferWriter<byte> output)
    {
        var body = new ArrayBufferWriter<byte>(SizeHint(message));
        Write(message, new MessagePackWriter(body));
        Span<byte> prefix = stackalloc byte[5];
        var n = 0;
        var length = (uint)body.WrittenCount;
        do
        {
            prefix[n] = (byte)(length & 0x7F);
            length >>= 7;
            prefix[n] |= (byte)(length > 0 ? 0x80 : 0);
            n++;
        }
        while (length > 0);
        output.Write(prefix[..n]);
        output.Write(body.WrittenSpan);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message)
    {
        var output = new ArrayBufferWriter<byte>(SizeHint(message));
        WriteMessage(message, output);
        return output.WrittenMemory;
    }

    private static int SizeHint(HubMessage message) =>
        256 + (message is InvocationMessage { Arguments: { } args } ? args.Sum(a => a is ReadOnlyMemory<byte> m ? m.Length : a is byte[] b ? b.Length : 64) : 0);

    private static bool TryReadLength(in ReadOnlySequence<byte> input, out int length, out int prefix)
    {
        length = prefix = 0;
        var reader = new SequenceReader<byte>(input);
        for (var shift = 0; shift <= 28; shift += 7)
        {
            if (!reader.TryRead(out var b))
            {
                return false;
            }

            prefix++;
            length |= (b & 0x7F) << shift;
            if ((b & 0x80) == 0)
            {
                return length is >= 0 and <= LargestMessage ? true : throw new InvalidDataException("A hub message is larger than 4 MiB.");
            }
        }

        throw new InvalidDataException("A hub message's length cannot be read.");
    }

    private static HubMessage Parse(ReadOnlySpan<byte> bytes, IInvocationBinder binder)
    {
        var reader = new MessagePackReader(bytes);
        var fields = reader.ReadArrayHeader();
        var type = reader.ReadInt32();
        switch (type)
        {
            case Invocation or StreamInvocation:
            {
                var headers = ReadHeaders(ref reader);
                var id = reader.ReadString();
                var target = reader.ReadString() ?? throw new InvalidDataException("An invocation names no method.");
                object?[] arguments;
                try
                {
                    arguments = ReadArguments(ref reader, binder.GetParameterTypes(target));
                }
                catch (Exception e) when (e is not InvalidDataException { Message: MessagePackReader.CutShort })
                {
                    return new InvocationBindingFailureMessage(id, target, System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e));
                }

                string[]? streams = null;
                if (fields > 5)
                {
                    streams = new string[reader.ReadArrayHeader()];
                    for (var i = 0; i < streams.Length; i++)
                    {
                        streams[i] = reader.ReadString() ?? "";
                    }
                }

                return type == Invocation
                    ? new InvocationMessage(id, target, arguments, streams) { Headers = headers }
                    : new StreamInvocationMessage(id ?? throw new InvalidDataException("A stream has no id."), target, arguments, streams) { Headers = headers };
            }

            case StreamItem:
            {
                var headers = ReadHeaders(ref reader);
                var id = reader.ReadString() ?? throw new InvalidDataException("A stream item has no id.");
                return new StreamItemMessage(id, reader.ReadValue(binder.GetStreamItemType(id))) { Headers = headers };
            }

            case Completion:
            {
                var headers = ReadHeaders(ref reader);
                var id = reader.ReadString() ?? throw new InvalidDataException("A completion has no id.");
                return reader.ReadInt32() switch
                {
                    1 => new CompletionMessage(id, reader.ReadString(), null, false) { Headers = headers },
                    2 => new CompletionMessage(id, null, null, false) { Headers = headers },
                    3 => new CompletionMessage(id, null, reader.ReadValue(binder.GetReturnType(id)), true) { Headers = headers },
                    var kind => throw new InvalidDataException($"A completion is of the unknown kind {kind}."),
                };
            }

            case CancelInvocation:
            {
                var headers = ReadHeaders(ref reader);
                return new CancelInvocationMessage(reader.ReadString() ?? throw new InvalidDataException("A cancellation has no id.")) { Headers = headers };
            }

            case PingType:
                return PingMessage.Instance;
            case CloseType:
                return new CloseMessage(reader.ReadString(), fields > 2 && reader.ReadBoolean());
            case AckType:
                return new AckMessage(reader.ReadInt64());
            case SequenceType:
                return new SequenceMessage(reader.ReadInt64());
            default:
                throw new InvalidDataException($"A hub message is of the unknown type {type}.");
        }
    }

    private static object?[] ReadArguments(ref MessagePackReader reader, IReadOnlyList<Type> types)
    {
        var count = reader.ReadArrayHeader();
        if (count != types.Count)
        {
            throw new InvalidDataException($"The invocation gives {count} argument(s) where the method takes {types.Count}.");
        }

        var arguments = new object?[count];
        for (var i = 0; i < count; i++)
        {
            arguments[i] = reader.ReadValue(types[i]);
        }

        return arguments;
    }

    private static Dictionary<string, string>? ReadHeaders(ref MessagePackReader reader)
    {
        var count = reader.ReadMapHeader();
        var headers = count > 0 ? new Dictionary<string, string>(StringComparer.Ordinal) : null;
        for (var i = 0; i < count; i++)
        {
            headers![reader.ReadString() ?? ""] = reader.ReadString() ?? "";
        }

        return headers;
    }

    private static void Write(HubMessage message, MessagePackWriter w)
    {
        switch (message)
        {
            case InvocationMessage m:
                WriteInvocation(w, Invocation, m);
                break;
            case StreamInvocationMessage m:
                WriteInvocation(w, StreamInvocation, m);
                break;
            case StreamItemMessage m:
                w.ArrayHeader(4);
                w.Integer(StreamItem);
                WriteHeaders(w, m.Headers);
                w.String(m.InvocationId);
                w.Value(m.Item);
                break;
            case CompletionMessage m:
                w.ArrayHeader(m.Error is not null || m.HasResult ? 5 : 4);
                w.Integer(Completion);
                WriteHeaders(w, m.Headers);
                w.String(m.InvocationId);
                w.Integer(m.Error is not null ? 1 : m.HasResult ? 3 : 2);
                if (m.Error is not null)
                {
                    w.String(m.Error);
                }
                else if (m.HasResult)
                {
                    w.Value(m.Result);
                }

                break;
            case CancelInvocationMessage m:
                w.ArrayHeader(3);
                w.Integer(CancelInvocation);
                WriteHeaders(w, m.Headers);
                w.String(m.InvocationId);
                break;
            case PingMessage:
                w.ArrayHeader(1);
                w.Integer(PingType);
                break;
            case CloseMessage m:
                w.ArrayHeader(3);
                w.Integer(CloseType);
                w.String(string.IsNullOrEmpty(m.Error) ? null : m.Error);
                w.Boolean(m.AllowReconnect);
                break;
            case AckMessage m:
                w.ArrayHeader(2);
                w.Integer(AckType);
                w.Integer(m.SequenceId);
                break;
            case SequenceMessage m:
                w.ArrayHeader(2);
                w.Integer(SequenceType);
                w.Integer(m.SequenceId);
                break;
            default:
                throw new InvalidOperationException($"{message.GetType().Name} cannot be written.");
        }
    }

    private static void WriteInvocation(MessagePackWriter w, int type, HubMethodInvocationMessage m)
    {
        w.ArrayHeader(6);
        w.Integer(type);
        WriteHeaders(w, m.Headers);
        w.String(string.IsNullOrEmpty(m.InvocationId) ? null : m.InvocationId);
        w.String(m.Target);
        w.ArrayHeader(m.Arguments?.Length ?? 0);
        foreach (var argument in m.Arguments ?? [])
        {
            w.Value(argument);
        }

        w.ArrayHeader(m.StreamIds?.Length ?? 0);
        foreach (var id in m.StreamIds ?? [])
        {
            w.String(id);
        }
    }

    private static void WriteHeaders(MessagePackWriter w, IDictionary<string, string>? headers)
    {
        w.MapHeader(headers?.Count ?? 0);
        foreach (var (key, value) in headers ?? new Dictionary<string, string>())
        {
            w.String(key);
            w.String(value);
        }
    }
}
