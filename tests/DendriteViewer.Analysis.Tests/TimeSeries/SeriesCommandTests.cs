using System.Text.Json;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Analysis.Tests.Absorption;
using DendriteViewer.Cli.Commands;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Tests;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Tests.TimeSeries;

[Collection(nameof(ConsoleOutput))]
public sealed class SeriesCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [DataFact]
    public async Task Command_InspectAndBdf_SayWhatAFileHolds()
    {
        var (code, output, _) = await RunAsync("series", TestData.File("cycler/PEIS-0.mpr"), "--inspect", "--json");
        using var json = JsonDocument.Parse(output);
        Assert.Equal((0, 60), (code, json.RootElement.GetProperty("rows").GetInt32()));
        Assert.Contains(json.RootElement.GetProperty("columns").EnumerateArray(), c =>
            c.GetProperty("quantity").GetString() == "Frequency");

        var written = _folder["out.bdf.csv"];
        (code, _, var remarks) = await RunAsync("series", TestData.File("cycler/sample_data_arbin.csv"), "--bdf", written);
        Assert.Equal(0, code);
        Assert.StartsWith("Test Time / s,Voltage / V,Current / A", File.ReadAllText(written), StringComparison.Ordinal);
        Assert.Contains("--zone", remarks, StringComparison.Ordinal);

        (code, _, remarks) = await RunAsync("series", TestData.File("cycler/sample_data_maccor.csv"), "--bdf",
            written, "--unit", "Current=V");
        Assert.Equal(1, code);
        Assert.Contains("V is no unit of Current", remarks, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] args)
    {
        var (before, beforeErrors) = (Console.Out, Console.Error);
        using var output = new StringWriter();
        using var errors = new StringWriter();
        Console.SetOut(output);
        Console.SetError(errors);
        try
        {
            return (await Root.Create().Parse(args).InvokeAsync(), output.ToString(), errors.ToString());
        }
        finally
        {
            Console.SetOut(before);
            Console.SetError(beforeErrors);
        }
    }

    [Fact]
    public async Task Command_OfADatasetWhoseCellHasFiles_NamesThemAndCountsTheirSeriesAndSweeps()
    {
        File.WriteAllBytes(_folder["scan.raw"], new byte[512]);
        File.WriteAllText(_folder["dataset.json"], """
            { "id": "cell", "name": "cell", "voxelSizeUm": [1, 1, 1], "depth": { "axis": "z", "direction": 1, "interfaceUm": 1 },
              "cell": { "electrodeAreaMm2": 100 },
              "volumes": [ { "hours": 1, "path": "scan.raw", "shape": [8, 8, 8], "dtype": "uint8" } ] }
            """);
        Assert.Equal(0, (await RunAsync("ingest", _folder["dataset.json"], "--store", _folder["store"], "--json")).Code);

        // An hour at 2 mA, a rest with a sweep in it, an hour at 2 mA; the cycler began half an hour after the scans' 0 h.
        var rows = Enumerable.Range(0, 301).Select(i => FormattableString.Invariant(
            $"{i},{i * 36},{(i is < 100 or >= 200 ? 2e-3 : 0)},{(i is < 100 or >= 200 ? 0.02 : 0) + (1e-6 * (i % 7))}\n"));
        await AddAsync(CellFileKind.Series, "cycler.csv", "Data Point,Test Time (s),Current (A),Voltage (V)\n" + string.Concat(rows));
        var sweep = Enumerable.Range(0, 20).Select(i => FormattableString.Invariant($"{Math.Pow(10, 5 - (i / 4.0)):G8},{5 + i},{-i}\n"));
        await AddAsync(CellFileKind.Impedance, "sweep.csv", "freq/Hz,Re/Ohm,Im/Ohm\n" + string.Concat(sweep), 2);

        var (code, output, _) = await RunAsync("series", "cell", "--store", _folder["store"], "--json");
        using var json = JsonDocument.Parse(output);
        Assert.Equal(0, code);
        Assert.Equal(["cycler.csv", "sweep.csv"], json.RootElement.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("name")
            .GetString()!));
        var current = json.RootElement.GetProperty("series").EnumerateArray().Single(s => s.GetProperty("kind").GetString() == "current");
        Assert.Equal(("cycler.csv", 0.5), (current.GetProperty("from").GetString(), current.GetProperty("fromHours").GetDouble()));
        var pause = json.RootElement.GetProperty("events").EnumerateArray().Single(e => e.GetProperty("kind").GetString() == "eis-pause");
        Assert.Equal(1.5, pause.GetProperty("hours").GetDouble(), 2);
        Assert.Equal(4, json.RootElement.GetProperty("chargeMahCm2").EnumerateArray().Last().GetProperty("value").GetDouble(), 1);
        Assert.Contains(json.RootElement.GetProperty("warnings").EnumerateArray(),
            w => w.GetString()!.Contains("of cycler.csv", StringComparison.Ordinal));
        Assert.Contains("impedance", (await RunAsync("info", "cell", "--store", _folder["store"])).Output, StringComparison.Ordinal);

        async Task AddAsync(CellFileKind kind, string name, string text, double startHours = 0.5)
        {
            var blobs = BlobStores.Open(_folder["store"]);
            var dataset = (await new DatasetStore(blobs).TryOpenAsync(DatasetId.Parse("cell"), default))!;
            var (log, bytes) = (new CellLog(blobs, dataset), System.Text.Encoding.UTF8.GetBytes(text));
            var state = await log.StateAsync(null, default);
            var file = new CellFile(Guid.NewGuid(), kind, name, await log.StoreAsync(bytes, default), bytes.Length, "Ada", default)
            {
                StartHours = startHours,
            };
            Assert.True(await log.TryAppendAsync(new CellEntry
            {
                Sequence = state.Version + 1, Dataset = dataset.Identity.Value, By = "Ada", Edit = new AddFile(file),
            }, default));
        }
    }

    [Fact]
    public async Task Command_OfADatasetWithACyclersFile_HasItsSeriesChargeAndEvents()
    {
        // An hour at 2 mA, a rest, an hour back at 1 mA; logged by a cycler with its own columns.
        var rows = Enumerable.Range(0, 301).Select(i => i * 36.0).Select(s => (Seconds: s, Ma: s < 3600 ? 2 : s < 7200 ? 0 : -1));
        File.WriteAllText(_folder["cell.csv"], "Data Point,Test Time (s),Current (A),Voltage (V),Aux_Temperature_1 (C)\n" + string.Concat(
            rows.Select((r, i) => FormattableString.Invariant(
                $"{i},{r.Seconds},{r.Ma * 1e-3},{0.01 * r.Ma + 1e-6 * (i % 7)},{25 + i % 3}\n"))));
        File.WriteAllBytes(_folder["scan.raw"], [.. Enumerable.Range(0, 512).Select(i => (byte)i)]);
        File.WriteAllText(_folder["dataset.json"], """
            { "id": "cell", "name": "cell", "voxelSizeUm": [1, 1, 1], "depth": { "axis": "z", "direction": 1, "interfaceUm": 1 },
              "cell": { "electrodeAreaMm2": 100 },
              "volumes": [ { "hours": 1, "durationHours": 0.5, "path": "scan.raw", "shape": [8, 8, 8], "dtype": "uint8" } ],
              "series": [ { "kind": "current", "path": "cell.csv" }, { "kind": "voltage", "path": "cell.csv" },
                          { "kind": "temperature", "path": "cell.csv" } ] }
            """);
        var (code, _, errors) = await RunAsync("ingest", _folder["dataset.json"], "--store", _folder["store"], "--json");
        Assert.True(code == 0, errors);

        (code, var output, _) = await RunAsync("series", "cell", "--store", _folder["store"], "--json");
        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(output);
        var root = json.RootElement;
        Assert.Equal(["current", "voltage", "temperature"],
            root.GetProperty("series").EnumerateArray().Select(s => s.GetProperty("kind").GetString()!));
        Assert.All(root.GetProperty("series").EnumerateArray(), s => Assert.Equal(3, s.GetProperty("toHours").GetDouble(), 9));
        Assert.Equal(["plated", "stripped"],
            root.GetProperty("halfCycles").EnumerateArray().Select(h => h.GetProperty("kind").GetString()!));
        var charge = root.GetProperty("chargeMahCm2").EnumerateArray().Single(c => c.GetProperty("hours").GetDouble() == 1.5);
        Assert.InRange(charge.GetProperty("value").GetDouble(), 1.98, 2.0);
        Assert.InRange(charge.GetProperty("sigma").GetDouble(), 1e-3, 1e-2);
        Assert.Equal(["current-on", "rest", "current-on"],
            root.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("kind").GetString()!));

        (code, output, _) = await RunAsync("info", "cell", "--store", _folder["store"]);
        Assert.Equal(0, code);
        Assert.Contains("temperature: 301 rows", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_DatasetWithoutTheSeries_IsRefusedBeforeAnythingIsStored()
    {
        File.WriteAllText(_folder["cell.csv"], "time/s,Ewe/V,x\n0,1,2\n1,2,3\n");
        File.WriteAllBytes(_folder["scan.raw"], new byte[512]);
        File.WriteAllText(_folder["dataset.json"], """
            { "id": "cell", "name": "cell", "voxelSizeUm": [1, 1, 1], "depth": { "axis": "z", "direction": 1, "interfaceUm": 1 },
              "volumes": [ { "hours": 1, "path": "scan.raw", "shape": [8, 8, 8], "dtype": "uint8" } ],
              "series": [ { "kind": "current", "path": "cell.csv" } ] }
            """);
        var (code, _, errors) = await RunAsync("ingest", _folder["dataset.json"], "--store", _folder["store"]);
        Assert.Equal(1, code);
        Assert.Contains("cell.csv has no column of a current; name one with source.column: 'time/s', 'Ewe/V', 'x'.", errors,
            StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("info", "cell", "--store", _folder["store"])).Code);
    }
}
