using System.Text.Json;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Analysis.Tests.Absorption;
using DendriteViewer.Cli.Commands;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.Multiscale;

/// <summary>What scripts rely on in register and analyze decide: names in the JSON, options, exit codes and single sentences.</summary>
[Collection(nameof(ConsoleOutput))]
public sealed class MultiscaleCommandTests : IDisposable
{
    private const double SizeUm = 128 * 0.15;
    private readonly TempFolder _folder = new();
    private readonly string _id;
    private readonly AffineTransform _truth;

    public MultiscaleCommandTests()
    {
        new PhantomWriter(new PhantomOptions
        {
            Size = 96, VoxelUm = 0.5, Band = new Band(15, 30), Hours = [0, 3.2], Nano = true, NanoSize = 128, Seed = 2,
        }).Write(_folder["phantom"], null, default);
        _id = Json("ingest", _folder["phantom"], "--store", _folder["store"], "--json").GetProperty("id").GetString()!;
        var nano = JsonDocument.Parse(File.ReadAllText(_folder["phantom/truth.json"])).RootElement.GetProperty("nano");
        _truth = new AffineTransform(Numbers(nano.GetProperty("matrix")));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Commands_FromLandmarksToTheDecisionAndBack_PrintWhatTheyPromise()
    {
        var refused = Run(["analyze", "decide", _id, "--hours", "3.2", "--store", _folder["store"], "--json"]);
        Assert.Equal(ExitCodes.Failed, refused.Exit);
        Assert.Contains($"register it first: dendrite register {_id} --modality nano-phase --hours 3.2.", refused.Error,
            StringComparison.Ordinal);

        // Three pairs leave two degrees of freedom, so that the bound is far more than what is left of them.
        var three = Register("--landmarks", Landmarks(3, 0.1), "--no-refine", "--dry-run");
        Assert.Equal(JsonValueKind.Null, three.GetProperty("version").ValueKind);
        Assert.True(three.GetProperty("uncertaintyUm").GetDouble() > 2 * three.GetProperty("residualUm").GetDouble());
        var four = Register("--landmarks", Landmarks(4, 0.1), "--no-refine", "--dry-run", "--model", "affine");
        Assert.Equal(JsonValueKind.Null, four.GetProperty("uncertaintyUm").ValueKind);
        Assert.Contains("place another", four.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);

        var placed = Register("--landmarks", Landmarks(6, 0.02), "--no-refine", "--with", "nano-absorption");
        Assert.Equal(1, placed.GetProperty("version").GetInt32());
        Assert.All(
            Numbers(placed.GetProperty("matrix")).Zip(_truth.Rows.ToArray()), p => Assert.InRange(Math.Abs(p.First - p.Second), 0, 0.2));
        Assert.Equal(3, placed.GetProperty("scale").GetArrayLength());
        foreach (var name in (string[])["rotationDeg", "residualUm", "uncertaintyUm", "leaveOneOutUm"])
        {
            Assert.Equal(JsonValueKind.Number, placed.GetProperty(name).ValueKind);
        }

        var decided = Json("analyze", "decide", _id, "--hours", "3.2", "--denoise", "median", "--store", _folder["store"], "--json");
        var pieces = decided.GetProperty("pieces").EnumerateArray().ToArray();
        Assert.All(pieces, p => Assert.Contains(p.GetProperty("verdict").GetString(), (string[])["lithium", "void", "crack", "unsure"]));
        Assert.All(pieces, p => Assert.InRange(p.GetProperty("covered").GetDouble(), 0, 1));
        var confusion = decided.GetProperty("confusion");
        Assert.Equal(pieces.Length, new[] { "told", "unsure", "outside" }.Sum(n => confusion.GetProperty(n).GetInt32()));
        var lithium = decided.GetProperty("lithiumUm3");
        Assert.InRange(lithium.GetProperty("darkOnly").GetDouble(), lithium.GetProperty("confirmed").GetDouble(), double.MaxValue);
        Assert.Equal(
            confusion.GetProperty("told").GetInt32() > 0, lithium.GetProperty("calibrated").ValueKind == JsonValueKind.Number);

        Json("register", _id, "--modality", "nano-phase", "--export", _folder["placed.tfm"], "--store", _folder["store"], "--json");
        var read = Register("--import", _folder["placed.tfm"], "--with", "nano-absorption");
        Assert.All(
            Numbers(placed.GetProperty("matrix")).Zip(Numbers(read.GetProperty("matrix"))), p => Assert.Equal(p.First, p.Second, 1e-9));
        Assert.Equal(2, Register("--versions").GetProperty("current").GetInt32());

        var back = Register("--restore", "0");
        Assert.Equal("nano-absorption", back.GetProperty("with")[0].GetProperty("modality").GetString());
        var versions = Json("register", _id, "--modality", "nano-absorption", "--versions", "--store", _folder["store"], "--json");
        Assert.Equal(3, versions.GetProperty("versions").GetArrayLength());
        Assert.Equal(ExitCodes.Failed, Run(["analyze", "decide", _id, "--hours", "3.2", "--store", _folder["store"]]).Exit);
    }

    private JsonElement Register(params string[] more) =>
        Json(["register", _id, "--modality", "nano-phase", "--store", _folder["store"], "--json", .. more]);

    private string Landmarks(int count, double offUm)
    {
        var random = new Random(count);
        var pairs = Enumerable.Range(0, count).Select(i =>
        {
            double Along() => SizeUm * random.NextDouble();
            double Off() => offUm * (2 * random.NextDouble() - 1);
            var p = new VoxelPoint(Along(), Along(), Along());
            return new PointPair($"Pt-{i}", new WorldPoint(p.Z, p.Y, p.X), _truth.ToWorld(p) + new WorldVector(Off(), Off(), Off()));
        });
        File.WriteAllBytes(_folder[$"{count}.csv"], BigWarpCsv.Write(pairs));
        return _folder[$"{count}.csv"];
    }

    private static double[] Numbers(JsonElement rows) =>
        [.. rows.EnumerateArray().SelectMany(r => r.EnumerateArray().Select(v => v.GetDouble()))];

    private static JsonElement Json(params string[] arguments)
    {
        var (exit, text, error) = Run(arguments);
        Assert.True(exit == ExitCodes.Done, error);
        return JsonDocument.Parse(text).RootElement.Clone();
    }

    private static (int Exit, string Text, string Error) Run(string[] arguments)
    {
        var (output, error) = (Console.Out, Console.Error);
        using var written = new StringWriter();
        using var failed = new StringWriter();
        try
        {
            Console.SetOut(written);
            Console.SetError(failed);
            var exit = Root.Create().Parse(arguments).Invoke();
            return (exit, written.ToString(), failed.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
