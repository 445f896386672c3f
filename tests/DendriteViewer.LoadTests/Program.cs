using System.Diagnostics;
using System.Globalization;
using DendriteViewer.Journeys.Tests;
using DendriteViewer.LoadTests;

// Fifty viewers orbit while two clients ask for 4096² pictures and one signs in again and again, against the real server on loopback.
// Prints a table; with a file's name as the last argument, writes it there too. Bounded in time: see Load.Longest.
var load = Load.Parse(args);
Report.Begin();
var time = TimeProvider.System;
using var end = new CancellationTokenSource(Load.Longest, time);

await using var server = await AppServer.StartAsync(environment:
[
    // All viewers are of one account and one address here.
    ("Dendrite__ViewersPerAccount", (2 * load.Viewers).ToString(CultureInfo.InvariantCulture)),
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

Console.Error.WriteLine($"{load.Viewers} viewers join.");
var viewers = new List<Viewer>();
for (var i = 0; i < load.Viewers; i++)
{
    viewers.Add(await Viewer.JoinAsync(server.Address, visitor.Cookies, dataset, i, time, end.Token));
}

// First the viewers alone, then with large pictures and sign-ins beside them.
using var stop = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
var orbiting = viewers.Select(v => v.OrbitAsync(stop.Token)).ToArray();
await Task.Delay(Load.WarmUp, time, end.Token);
viewers.ForEach(v => v.Latencies.Clear());
Console.Error.WriteLine($"Viewers alone, {load.Seconds} s.");
await Task.Delay(TimeSpan.FromSeconds(load.Seconds), time, end.Token);
var alone = Latencies.Of(viewers.SelectMany(v => v.Latencies.Take()));

Console.Error.WriteLine($"With two clients that ask for 4096² pictures and one that signs in, {load.Seconds} s.");
var pictures = new PictureAsker(server.Address, visitor.Cookies, dataset, time);
var asking = Enumerable.Range(0, 2).Select(i => pictures.AskAsync(i, stop.Token)).ToArray();
var signIns = new SignInAsker(server.Address, time);
var signing = signIns.AskAsync(stop.Token);
await Task.Delay(Load.WarmUp, time, end.Token);
viewers.ForEach(v => v.Latencies.Clear());
await Task.Delay(TimeSpan.FromSeconds(load.Seconds), time, end.Token);

// A large picture takes a while beside so many; what is told of it is at least one.
for (var waited = TimeSpan.Zero; pictures.Drawn == 0 && waited < Load.LongestPicture; waited += Load.WarmUp)
{
    await Task.Delay(Load.WarmUp, time, end.Token);
}

var beside = Latencies.Of(viewers.SelectMany(v => v.Latencies.Take()));
var signIn = Latencies.Of(signIns.Latencies.Take());
var page = Latencies.Of(signIns.PageLatencies.Take());
var metrics = await visitor.MetricsAsync(end.Token);
await stop.CancelAsync();
await Task.WhenAll([.. orbiting, .. asking, signing]);

var table = Report.Of(load, alone, beside, page, signIn, pictures, metrics);
Console.Out.Write(table);
if (load.File is { } file)
{
    await File.WriteAllTextAsync(file, table, end.Token);
}

foreach (var viewer in viewers)
{
    await viewer.DisposeAsync();
}

return viewers.TrueForAll(v => v.Frames > 0) && signIn.Count > 0 ? 0 : 1;
