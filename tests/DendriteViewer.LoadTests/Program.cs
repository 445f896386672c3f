using System.Globalization;
using DendriteViewer.Journeys.Tests;
using DendriteViewer.LoadTests;

// Viewers against the real server on loopback: all orbit, beside large pictures and sign-ins; or, as "annotate", half of them edit sites.
// Prints a table; with a file's name as the last argument, writes it there too. Bounded in time: see Load.Longest.
var load = Load.Parse(args);
Report.Begin();
var time = TimeProvider.System;
using var end = new CancellationTokenSource(load.Longest, time);

await using var server = await AppServer.StartAsync(environment:
[
    // All viewers are of one account and one address here.
    ("Dendrite__ViewersPerAccount", (2 * load.Viewers).ToString(CultureInfo.InvariantCulture)), ("Dendrite__Device", load.Device),
    ("Logging__LogLevel__Default", "Warning"), ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"),
]);
Console.Error.WriteLine($"Server at {server.Address}; making a phantom of {load.Size}³.");
await AppServer.CliAsync(
    "phantom", Path.Combine(server.Folder, "cell"), "--size", $"{load.Size}",
    "--voxel-um", (256.0 / load.Size).ToString(CultureInfo.InvariantCulture), "--hours", "0");
await AppServer.CliAsync("ingest", Path.Combine(server.Folder, "cell"), "--store", Path.Combine(server.Folder, "data", "store"));

var visitor = new Visitor(server.Address);
await visitor.SetUpAsync(server.Code ?? throw new InvalidOperationException("The server printed no one-time code."), end.Token);
var dataset = await visitor.FirstDatasetAsync(end.Token);

var drawnBy = load.IsByDevice ? await visitor.DeviceAsync(time, end.Token) : null;
Console.Error.WriteLine($"{load.Viewers} viewers join; {drawnBy ?? "the CPU"} draws.");
var viewers = new List<Viewer>();
for (var i = 0; i < load.Viewers; i++)
{
    viewers.Add(await Viewer.JoinAsync(server.Address, visitor.Cookies, dataset, i, load.Pixels, time, end.Token));
}

var (table, passed) = load.IsAnnotating
    ? await AnnotatingLoad.RunAsync(load, drawnBy, visitor, viewers, time, end.Token)
    : await PictureLoad.RunAsync(load, drawnBy, server.Address, visitor, dataset, viewers, time, end.Token);
Console.Out.Write(table);
if (load.File is { } file)
{
    await File.WriteAllTextAsync(file, table, end.Token);
}

foreach (var viewer in viewers)
{
    await viewer.DisposeAsync();
}

return passed && viewers.TrueForAll(v => v.Frames > 0) ? 0 : 1;
