using System.Net;
using System.Net.Sockets;
using DendriteViewer.Imaging.Storage;

namespace DendriteViewer.Imaging.Tests;

/// <summary>A real Azurite from npm, started once for the test run.</summary>
public sealed class AzuriteFixture : IDisposable
{
    private System.Diagnostics.Process _process;
    private readonly TempFolder _folder = new();

    public AzuriteFixture()
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        Start();
    }

    public int Port { get; }

    public string Address(string container) =>
        $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=http://127.0.0.1:{Port}/devstoreaccount1;Container={container}";

    public IBlobStore NewStore() => BlobStores.Open(Address("t" + Guid.NewGuid().ToString("N")));

    /// <summary>
    /// Waits until its disk has what it was given so far: it writes its two indices every few seconds, and forgets the rest when it is
    /// killed.
    /// </summary>
    public async Task WrittenAsync()
    {
        var (blobs, extents) = (_folder["__azurite_db_blob__.json"], _folder["__azurite_db_blob_extent__.json"]);
        var (marker, before) = ("written-" + Guid.NewGuid().ToString("N"), File.GetLastWriteTimeUtc(extents));
        await NewStore().WriteAsync(marker, new byte[1], default);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!File.Exists(blobs) || !(await File.ReadAllTextAsync(blobs)).Contains(marker, StringComparison.Ordinal)
            || File.GetLastWriteTimeUtc(extents) == before)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
        }
    }

    /// <summary>As kill -9 does it: what was taken lately may be lost.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_process))]
    public void Start()
    {
        var azurite = Path.Combine(TestData.Repository, "node_modules/azurite/dist/src/blob/main.js");
        Assert.True(File.Exists(azurite), "Azurite is missing; run ./dendrite setup.");
        _process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
            "node", [azurite, "--blobPort", $"{Port}", "--blobHost", "127.0.0.1", "--location", _folder.Path, "--skipApiVersionCheck", "--silent"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        WaitUntilItListens();
    }

    public void Dispose()
    {
        Kill();
        _folder.Dispose();
    }

    private void WaitUntilItListens()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            try
            {
                using var client = new TcpClient();
                client.Connect(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException)
            {
                patience.Token.WaitHandle.WaitOne(100);
            }
        }
    }
}
