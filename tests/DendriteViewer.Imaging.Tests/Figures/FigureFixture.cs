using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Figures;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Figures;

/// <summary>A dark volume with one bright block, so that where a picture shows it can be measured.</summary>
public sealed class FigureFixture : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    public const int Z = 40, Y = 50, X = 64;

    /// <summary>Middle of the bright block, µm.</summary>
    public static readonly WorldPoint Bright = new(2 * 26, 2 * 17, 2 * 44);

    public Dataset Dataset { get; private set; } = null!;

    public FigureRenderer Figures { get; private set; } = null!;

    public VolumeInfo Volume => Dataset.Volumes[0];

    public ViewState View => new()
    {
        Modality = Volume.Key.Modality, Hours = 1.5, Focus = Bright, Center = Volume.Center, WindowLow = 0, WindowHigh = 200,
        Camera = new OrbitCamera(30, 20, 0, Volume.Center), Mode = VolumeMode.Maximum, BandVisible = false,
        Transfer = TransferFunction.Of([new(0, 0, 0), new(200, 0xFFFFFF, 1)]),
    };

    public async Task InitializeAsync()
    {
        var voxels = new byte[Z * Y * X];
        for (var i = 0; i < voxels.Length; i++)
        {
            var (z, y, x) = (i / X / Y, i / X % Y, i % X);
            voxels[i] = z is 25 or 26 && y is 16 or 17 && x is 43 or 44 ? (byte)200 : (byte)10;
        }

        await File.WriteAllBytesAsync(_folder["v.raw"], voxels);
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        await new Importer(store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(_folder["v.raw"], DatasetId.Parse("block"), new VolumeManifest
            {
                VoxelSizeUm = [2, 2, 2], Shape = [Z, Y, X], Dtype = "u1", Hours = 1.5,
            }), null, default);
        Dataset = (await store.TryOpenAsync(DatasetId.Parse("block"), default))!;
        var (cache, devices) = (new BrickCache(store, 1 << 26), RenderDevices.Cpu);
        Figures = new FigureRenderer(new SliceRenderer(store, cache, devices), new VolumeRenderer(store, cache, devices));
    }

    public FigureScene Scene(ViewState view, params FigureMark[] marks) => new(Dataset, Volume, view, marks);

    /// <summary>A figure of one picture and nothing else.</summary>
    public static FigureSettings Bare(Pane pane, int width, int height) =>
        new([pane], FigureSize.OfScreen((width, height), 1, 8), FigureParts.None, IsDark: false);

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}
