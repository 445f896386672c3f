using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Importing;

/// <summary>One volume on its way into the store.</summary>
/// <param name="Key">What it will be.</param>
/// <param name="Prefix">Where its blobs go.</param>
/// <param name="Recipe">Which source, and all that decides the voxels.</param>
/// <param name="Asked">What the manifest says of it.</param>
/// <param name="Transform">Voxel of the source to world.</param>
/// <param name="Options">What is done to it.</param>
/// <param name="Depth">How the dataset measures depth.</param>
/// <param name="Outline">The cell's outline, where the dataset has one.</param>
internal sealed record IncomingVolume(
    VolumeKey Key, string Prefix, string Recipe, VolumeManifest Asked, AffineTransform Transform, ImportOptions Options, DepthFrame Depth, CellOutline? Outline);

/// <summary>
/// Writes single volumes below their prefixes, unpublished. A marker beside them says what they are being made of, and what was found
/// of it before, so that the same import goes on from there after a crash; it goes when the volume is published.
/// </summary>
internal sealed class VolumeImport(DatasetStore store, IScanAnalysis analysis)
{
    private const int MostRounds = 4;
    private const int DerivedVersion = 1;
    private readonly Dictionary<(VolumeShape, AffineTransform), VoxelBox> _cells = [];

    // What a survey of the source found; empty where none was needed.
    private sealed record Survey(int[][]? Region, double[]? Range);

    private sealed record Marker(string Recipe, Survey Survey);

    // What fills slices, and what it holds meanwhile.
    private sealed record SliceFiller(IDisposable? Held, Func<int, Memory<byte>, ValueTask> Fill);

    /// <summary>Name of the marker below a volume's prefix.</summary>
    public const string MarkerName = "import.json";

    /// <summary>Brings a source into the store, or goes on with it.</summary>
    /// <param name="incoming">The volume to make: its key, place in the store and transform.</param>
    /// <param name="source">The source as its file has it.</param>
    /// <param name="refuseChanged">Called when all is read; throws where the source is not what it was.</param>
    /// <param name="report">Told a word and a share of the work.</param>
    /// <param name="ct">Stops it; what is stored stays.</param>
    /// <returns>The volume as the store's manifest describes it.</returns>
    public async Task<VolumeManifest> ImportAsync(IncomingVolume incoming, ISliceSource source, Action refuseChanged, Action<string, double> report, CancellationToken ct)
    {
        var options = incoming.Options;
        options.CheckFits(source.Shape, incoming.Asked.Path);
        var survey = await BeginAsync(incoming, source, report, ct);
        var box = survey.Region is { } r ? new VoxelBox(new(r[0][0], r[1][0], r[2][0]), new(r[0][1], r[1][1], r[2][1])) : options.Region;
        var kept = box is { } b ? new CroppedSource(source, b) : source;
        var converted = options.Convert is { } type && (options.Range ?? (survey.Range is [var low, var high] ? (low, high) : null)) is { } range
            ? new ConvertedSource(kept, type, range.Item1, range.Item2)
            : null;
        kept = converted ?? kept;

        var filler = new SliceFiller(
            null,
            (z, slice) =>
            {
                kept.ReadSlice(z, slice.Span);
                return ValueTask.CompletedTask;
            });
        using var writer = await WriteAsync(incoming.Prefix, kept.Shape, kept.Type, kept.InAnyOrder, () => Task.FromResult(filler), share => report(incoming.Key.ToString(), share), ct);
        refuseChanged();
        var transform = box is { } cut ? incoming.Transform.From(new VoxelPoint(cut.From.Z, cut.From.Y, cut.From.X)) : incoming.Transform;
        return (await FinishAsync(writer, incoming.Key, incoming.Prefix, incoming.Recipe, incoming.Asked, kept.Shape, kept.Type, transform, ct)) with
        {
            Transform = box is null ? incoming.Asked.Transform : transform.Rows.ToArray(),
            OriginUm = box is null ? incoming.Asked.OriginUm : null,
            Region = box is { } region ? ImportOptions.ToJson(region) : null,
            Convert = converted is null ? null : new ConvertManifest
            {
                Dtype = converted.Type.ZarrName(), Range = [converted.Scale.Intercept, converted.Scale.Intercept + converted.Scale.Slope * (converted.Type == VoxelType.UInt8 ? byte.MaxValue : ushort.MaxValue)],
                SlopeIntercept = [converted.Scale.Slope, converted.Scale.Intercept],
            },
        };
    }

    /// <summary>Makes a filtered modality of a volume that is in the store.</summary>
    /// <param name="of">The volume as the store's manifest describes it.</param>
    /// <param name="reader">Its bricks.</param>
    /// <param name="incoming">What the result becomes.</param>
    /// <param name="kind">The filter.</param>
    /// <param name="report">Told a word and a share of the work.</param>
    /// <param name="ct">Stops it; what is stored stays.</param>
    public async Task<VolumeManifest> DeriveAsync(VolumeManifest of, VolumeReader reader, IncomingVolume incoming, NoiseFilterKind kind, Action<string, double> report, CancellationToken ct)
    {
        await BeginAsync(incoming, null, report, ct);
        float sigma = 0;
        async Task<SliceFiller> BeginFilterAsync()
        {
            var filter = await NoiseFilter.OfAsync(reader, kind, ct);
            sigma = filter.Sigma;
            return new SliceFiller(filter, (z, slice) => filter.FillAsync(z, slice, ct));
        }

        using var writer = await WriteAsync(incoming.Prefix, reader.Shape, reader.Type, inAnyOrder: false, BeginFilterAsync, share => report(incoming.Key.ToString(), share), ct);
        return (await FinishAsync(writer, incoming.Key, incoming.Prefix, incoming.Recipe, incoming.Asked, reader.Shape, reader.Type, incoming.Transform, ct)) with
        {
            DerivedFrom = new DerivedManifest { Modality = of.Modality, Filter = NameOf(kind), Sigma = sigma },
        };
    }

    /// <summary>Takes markers away, when what they mark is published.</summary>
    public async Task EndAsync(IEnumerable<string> prefixes, CancellationToken ct)
    {
        foreach (var prefix in prefixes)
        {
            await store.Blobs.DeleteAsync(prefix + MarkerName, ct);
        }
    }

    /// <summary>What a filter's result is called and made of, of a modality and its recipe.</summary>
    public static (string Modality, string Recipe) DerivedOf(string modality, string recipe, NoiseFilterKind kind) => ($"{modality}-{NameOf(kind)}", $"{NameOf(kind)} {DerivedVersion} of {recipe}");

    private static string NameOf(NoiseFilterKind kind) => kind.ToString().ToLowerInvariant();

    // What is there from a killed import of the same source is kept, with what was found of it; of another source, deleted.
    private async Task<Survey> BeginAsync(IncomingVolume incoming, ISliceSource? source, Action<string, double> report, CancellationToken ct)
    {
        if (await ReadMarkerAsync(incoming.Prefix, ct) is { } there && there.Recipe == incoming.Recipe)
        {
            return there.Survey;
        }

        var survey = source is not null && incoming.Options.NeedsSurvey ? await SurveyAsync(incoming, source, report, ct) : new Survey(null, null);
        store.Forget(incoming.Prefix);
        await store.Blobs.DeleteAllAsync(incoming.Prefix, ct);
        await store.Blobs.WriteAsync(incoming.Prefix + MarkerName, MarkerOf(incoming.Recipe, survey), ct, durable: false);
        return survey;
    }

    // Written by hand: the first import of a process would spend twenty milliseconds on how a record is serialized.
    private static byte[] MarkerOf(string recipe, Survey survey) => VolumeWriter.Utf8(new JsonObject
    {
        ["recipe"] = recipe,
        ["survey"] = new JsonObject
        {
            ["region"] = survey.Region is { } region ? new JsonArray([.. region.Select(r => new JsonArray([.. r.Select(v => (JsonNode)v)]))]) : null,
            ["range"] = survey.Range is { } range ? new JsonArray([.. range.Select(v => (JsonNode)v)]) : null,
        },
    });

    private async Task<Marker?> ReadMarkerAsync(string prefix, CancellationToken ct)
    {
        try
        {
            return await store.Blobs.TryReadAsync(prefix + MarkerName, ct) is { } bytes ? JsonSerializer.Deserialize<Marker>(bytes, DatasetManifest.Json) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<Survey> SurveyAsync(IncomingVolume incoming, ISliceSource source, Action<string, double> report, CancellationToken ct)
    {
        var cell = (source.Shape, incoming.Transform);
        if (incoming.Options.CropToCell && incoming.Outline is { } known)
        {
            _cells[cell] = SourceSurvey.BoxOf(known, source.Shape, incoming.Transform, incoming.Depth.Axis);
        }

        SourceSurvey? survey = null;
        if ((incoming.Options.CropToCell && !_cells.ContainsKey(cell)) || (incoming.Options.Convert is not null && incoming.Options.Range is null))
        {
            survey = await Task.Run(() => SourceSurvey.Of(source, n => report($"looking through {incoming.Key}", (double)n / source.Shape.Z), ct), ct);
        }

        if (incoming.Options.CropToCell && !_cells.ContainsKey(cell))
        {
            _cells[cell] = survey!.CellBox(analysis, source.Shape, incoming.Transform, incoming.Depth)
                ?? throw new VolumeFormatException($"{incoming.Asked.Path} shows no outline of a cell to crop to; give region as [[z0, z1], [y0, y1], [x0, x1]], or leave it out.");
        }

        return new Survey(
            incoming.Options.CropToCell ? JsonSerializer.Deserialize<int[][]>(ImportOptions.ToJson(_cells[cell])) : null,
            survey is { } s && incoming.Options.Convert is not null ? [s.Least, s.Most > s.Least ? s.Most : s.Least + 1] : null);
    }

    // A store that was killed may have lost what it had taken: what is missing at the end is written again.
    private async Task<VolumeWriter> WriteAsync(
        string prefix, VolumeShape shape, VoxelType type, bool inAnyOrder, Func<Task<SliceFiller>> begin, Action<double> report, CancellationToken ct)
    {
        var present = await store.Blobs.NamesAsync(prefix, ct);
        for (var round = 0; round < MostRounds; round++)
        {
            var writer = new VolumeWriter(store.Blobs, prefix, shape, type);
            try
            {
                await writer.ResumeAsync(present, ct);
                var filler = await begin();
                using (filler.Held)
                {
                    await writer.WriteAsync(filler.Fill, inAnyOrder, n => report((double)n / shape.Z), ct);
                }

                present = await store.Blobs.NamesAsync(prefix, ct);
                if (writer.IsComplete(present))
                {
                    return writer;
                }
            }
            catch
            {
                writer.Dispose();
                throw;
            }

            writer.Dispose();
        }

        throw new BlobStoreException($"The store at {store.Blobs.Description} loses what it has taken; check its disk, then import again.", isTransient: false);
    }

    private static async Task<VolumeManifest> FinishAsync(
        VolumeWriter writer, VolumeKey key, string prefix, string recipe, VolumeManifest asked, VolumeShape shape, VoxelType type, AffineTransform transform, CancellationToken ct)
    {
        var (least, most) = writer.ValueRange;
        var sha = await writer.FinishAsync(transform, key.ToString(), new JsonObject { ["source"] = recipe, ["valueRange"] = new JsonArray(least, most) }, ct);
        var size = transform.VoxelSize;
        return asked with
        {
            Modality = key.Modality,
            Path = BlobNames.VolumePath(key),
            Hours = key.Hours,
            Shape = [shape.Z, shape.Y, shape.X],
            Dtype = type.ZarrName(),
            ByteOffset = null,
            Frame = null,
            InPlace = null,
            Inside = null,
            Denoise = null,
            Register = null,
            VoxelSizeUm = [size.Z, size.Y, size.X],
            ValueRange = [least, most],
            Levels = writer.Levels.Count,
            MetadataSha256 = sha,
        };
    }
}
