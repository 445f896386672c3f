using System.Globalization;
using System.Net;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats;

/// <summary>Zarr that lies on a web server, or in the store's own container.</summary>
public sealed class RemoteKeysTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly HttpListener _server = new();
    private readonly string _address;
    private int _failures;

    public RemoteKeysTests()
    {
        using (var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            _address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }

        _server.Prefixes.Add(_address);
        _server.Start();
        _ = Task.Run(ServeAsync);
    }

    [DataTheory]
    [InlineData("formats/zarr/ome_zarr/simple_0.5")]
    [InlineData("formats/zarr/ome_zarr/simple_0.4")]
    [InlineData("formats/zarr/zarr_v3/from_zarrita/data.zarr/3d.chunked.compressed.sharded.i2")]
    [InlineData("formats/zarr/zarr_v2/from_zarr-python/data.zarr/3d.chunked.i2")]
    public void Zarr_OverHttpAndInAStore_HasTheVoxelsOfTheFolder(string name)
    {
        using var local = VolumeFiles.Open(TestData.File(name), new VolumeManifest());
        var expected = VolumeFileTests.Read(local, 0);

        // The server stumbles twice, which costs time alone.
        _failures = 2;
        using var remote = VolumeFiles.Open(_address + name, new VolumeManifest());
        Assert.Equal((local.Shape, local.Samples, local.Format), (remote.Shape, remote.Samples, remote.Format));
        Assert.Equal(expected, VolumeFileTests.Read(remote, 0));

        using var stored = VolumeFiles.Open("blob:" + name, new VolumeManifest(), blobs: new FolderBlobStore(TestData.Folder));
        Assert.Equal(expected, VolumeFileTests.Read(stored, 0));
    }

    [DataFact]
    public async Task Import_FromAnAddress_IsThatOfTheFolder()
    {
        const string Name = "formats/zarr/ome_zarr/simple_0.5";
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        foreach (var (path, id) in new[] { (_address + Name, "far"), (TestData.File(Name), "near") })
        {
            await new Importer(store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(new SingleImport(path, DatasetId.Parse(id), new VolumeManifest { VoxelSizeUm = [1, 1, 1] }), null, default);
        }

        byte[] Shard(string id) => File.ReadAllBytes(Directory.EnumerateFiles(_folder[$"store/datasets/{id}"], "0", SearchOption.AllDirectories).First());
        Assert.Equal(Shard("near"), Shard("far"));
    }

    [Fact]
    public void Address_ThatHoldsNothing_IsOneSentence()
    {
        var e = Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(_address + "nothing", new VolumeManifest()));
        Assert.Contains("holds no Zarr", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://a.org/data/x", true)]
    [InlineData("https://a.org/data", true)]
    [InlineData("https://a.org/data/../secret", false)]
    [InlineData("https://a.org/database", false)]
    [InlineData("https://a.org.evil.com/data/x", false)]
    [InlineData("https://user@a.org/data/x", false)]
    [InlineData("http://a.org/data/x", false)]
    [InlineData("blob:public/x", true)]
    [InlineData("blob:public/../datasets", false)]
    [InlineData("blob:datasets", false)]
    public void Addresses_AreAdmittedBelowThoseThatAreOpen(string address, bool admitted)
    {
        string[] open = ["https://a.org/data/", "blob:public/"];
        if (admitted)
        {
            Assert.Equal(address, ImportAddresses.Admit(address, open));
            return;
        }

        Assert.Throws<VolumeFormatException>(() => ImportAddresses.Admit(address, open));
    }

    public void Dispose()
    {
        _server.Close();
        _folder.Dispose();
    }

    private async Task ServeAsync()
    {
        while (_server.IsListening)
        {
            HttpListenerContext c;
            try
            {
                c = await _server.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var path = TestData.File(Uri.UnescapeDataString(c.Request.Url!.AbsolutePath.TrimStart('/')));
            if (Interlocked.Decrement(ref _failures) >= 0)
            {
                c.Response.StatusCode = 503;
            }
            else if (!File.Exists(path))
            {
                c.Response.StatusCode = 404;
            }
            else
            {
                var bytes = await File.ReadAllBytesAsync(path);
                if (c.Request.Headers["Range"] is { } range)
                {
                    var (from, to) = range["bytes=".Length..].Split('-') switch { ["", var n] => (bytes.Length - int.Parse(n, CultureInfo.InvariantCulture), bytes.Length), [var a, var b] => (int.Parse(a, CultureInfo.InvariantCulture), int.Parse(b, CultureInfo.InvariantCulture) + 1), _ => (0, 0) };
                    c.Response.StatusCode = 206;
                    bytes = bytes[from..Math.Min(to, bytes.Length)];
                }

                await c.Response.OutputStream.WriteAsync(bytes);
            }

            c.Response.Close();
        }
    }
}
