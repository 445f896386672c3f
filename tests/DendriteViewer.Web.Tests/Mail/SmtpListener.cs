using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace DendriteViewer.Web.Tests.Mail;

/// <summary>A server that speaks SMTP on a real socket, and keeps what it is sent; mail to refused@… it does not take.</summary>
internal sealed class SmtpListener : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SmtpListener()
    {
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Channel<string> Mails { get; } = Channel.CreateUnbounded<string>();

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await TalkAsync(client.GetStream());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task TalkAsync(NetworkStream line)
    {
        using var reader = new StreamReader(line);
        await using var writer = new StreamWriter(line) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 test");
        var said = new List<string>();
        while (await reader.ReadLineAsync() is { } command)
        {
            said.Add(command);
            if (command == "DATA")
            {
                await writer.WriteLineAsync("354 go on");
                while (await reader.ReadLineAsync() is { } text && text != ".")
                {
                    said.Add(text);
                }

                Mails.Writer.TryWrite(string.Join('\n', said));
            }

            await writer.WriteLineAsync(
                command == "QUIT" ? "221 bye" : command.StartsWith("RCPT TO:<refused@", StringComparison.Ordinal) ? "550 no" : "250 ok");
            if (command == "QUIT")
            {
                return;
            }
        }
    }
}
