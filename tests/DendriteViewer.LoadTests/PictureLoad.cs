namespace DendriteViewer.LoadTests;

/// <summary>All viewers orbit: first alone, then while two clients ask for 4096² pictures and one signs in again and again.</summary>
internal static class PictureLoad
{
    /// <summary>Runs it.</summary>
    /// <param name="load">What load.</param>
    /// <param name="drawnBy">The device that draws; null for the CPU.</param>
    /// <param name="address">The server's.</param>
    /// <param name="visitor">The account of all.</param>
    /// <param name="dataset">What is looked at.</param>
    /// <param name="viewers">Who has joined.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>The table, and whether somebody was signed in.</returns>
    public static async Task<(string Table, bool Passed)> RunAsync(
        Load load, string? drawnBy, string address, Visitor visitor, string dataset, List<Viewer> viewers, TimeProvider time,
        CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var orbiting = viewers.Select(v => v.OrbitAsync(stop.Token)).ToArray();
        await Task.Delay(Load.WarmUp, time, ct);
        viewers.ForEach(v => v.Latencies.Clear());
        Console.Error.WriteLine($"Viewers alone, {load.Seconds} s.");
        await Task.Delay(TimeSpan.FromSeconds(load.Seconds), time, ct);
        var alone = Latencies.Of(viewers.SelectMany(v => v.Latencies.Take()));

        Console.Error.WriteLine($"With two clients that ask for 4096² pictures and one that signs in, {load.Seconds} s.");
        var pictures = new PictureAsker(address, visitor.Cookies, dataset, time);
        var asking = Enumerable.Range(0, 2).Select(i => pictures.AskAsync(i, stop.Token)).ToArray();
        var signIns = new SignInAsker(address, time);
        var signing = signIns.AskAsync(stop.Token);
        await Task.Delay(Load.WarmUp, time, ct);
        viewers.ForEach(v => v.Latencies.Clear());
        await Task.Delay(TimeSpan.FromSeconds(load.Seconds), time, ct);

        // A large picture takes a while beside so many; what is told of it is at least one.
        for (var waited = TimeSpan.Zero; pictures.Drawn == 0 && waited < Load.LongestPicture; waited += Load.WarmUp)
        {
            await Task.Delay(Load.WarmUp, time, ct);
        }

        var beside = Latencies.Of(viewers.SelectMany(v => v.Latencies.Take()));
        var signIn = Latencies.Of(signIns.Latencies.Take());
        var page = Latencies.Of(signIns.PageLatencies.Take());
        var metrics = await visitor.MetricsAsync(ct);
        await stop.CancelAsync();
        await Task.WhenAll([.. orbiting, .. asking, signing]);
        return (Report.Of(load, drawnBy, alone, beside, page, signIn, pictures, metrics), signIn.Count > 0);
    }
}
