using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Cli.Commands;

/// <summary>The sites of a dataset on a running server, out of it and into it; all other commands work on stores.</summary>
internal static class SitesCommand
{
    public static Command Create()
    {
        var server = new Argument<string>("SERVER") { Description = "https://HOST, or http://localhost:PORT." };
        var id = new Argument<string>("ID");
        var target = new Option<string?>("--out") { Description = "File to write, .csv or .json. Default: JSON on stdout." };
        var source = new Option<string?>("--import") { Description = "File of sites to take in, CSV or JSON; lines are matched by id." };
        var dry = new Option<bool>("--dry-run") { Description = "Say what an import would do, and change nothing." };
        var skip = new Option<bool>("--skip-wrong") { Description = "Take the good lines where others are wrong." };
        var command = new Command(
            "sites", "Sites of a dataset on a server, in the name of the access token in DENDRITE_TOKEN.")
        {
            server, id, target, source, dry, skip,
        };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            if (!DatasetId.TryParse(parse.GetValue(id), out var dataset))
            {
                throw new UsageException($"'{parse.GetValue(id)}' is no dataset id; the address of its page ends with it.");
            }

            var (file, from) = (parse.GetValue(target), parse.GetValue(source));
            if ((file is not null && from is not null) || (from is null && (parse.GetValue(dry) || parse.GetValue(skip))))
            {
                throw new UsageException("Give --out, or --import with --dry-run and --skip-wrong.");
            }

            using var client = ServerClient.Open(parse.GetValue(server)!);
            var path = $"api/datasets/{dataset.Value}/sites";
            if (from is not null)
            {
                await ImportAsync(client, path, from, parse.GetValue(dry), parse.GetValue(skip), ct);
            }
            else
            {
                await FetchAsync(client, path, file, ct);
            }

            return ExitCodes.Done;
        }));
        return command;
    }

    private static async Task FetchAsync(ServerClient client, string path, string? file, CancellationToken ct)
    {
        var isCsv = file?.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) == true;
        if (file is not null && !isCsv && !file.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"--out is a file .csv or .json, not '{file}'.");
        }

        using var answer = await client.SendAsync(HttpMethod.Get, isCsv ? path + "/csv" : path, null, ct);
        if (file is null)
        {
            Console.Out.WriteLine(await answer.Content.ReadAsStringAsync(ct));
        }
        else
        {
            await NewFile.WriteAsync(file, stream => answer.Content.CopyToAsync(stream, ct));
        }
    }

    private static async Task ImportAsync(
        ServerClient client, string path, string file, bool isDry, bool skipsWrong, CancellationToken ct)
    {
        using var content = new ByteArrayContent(await File.ReadAllBytesAsync(file, ct));
        content.Headers.ContentType = new MediaTypeHeaderValue(
            file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? "text/csv" : "application/json");
        var query = $"?dryRun={(isDry ? "true" : "false")}&skipWrong={(skipsWrong ? "true" : "false")}";
        using var answer = await client.SendAsync(HttpMethod.Post, path + query, content, ct);

        // The server's report, as it is: counts, and the lines that are wrong with the reason.
        using var report = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(ct));
        ExitCodes.PrintJson(report.RootElement);
    }
}
