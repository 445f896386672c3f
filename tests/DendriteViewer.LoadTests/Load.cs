using System.Globalization;

namespace DendriteViewer.LoadTests;

/// <summary>What load, how much of it, for how long.</summary>
/// <param name="IsAnnotating">Whether half of the viewers annotate while the others orbit; else all orbit, and large pictures come
/// beside them.</param>
/// <param name="Viewers">Viewers, 1 to 200.</param>
/// <param name="Seconds">How long each part is measured, 5 to 1200.</param>
/// <param name="Size">Voxels of the phantom each way, 64 to 512.</param>
/// <param name="File">Where the table goes, or null.</param>
internal sealed record Load(bool IsAnnotating, int Viewers, int Seconds, int Size, string? File)
{
    /// <summary>What each part begins with, unmeasured.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    /// <summary>How long the first large picture is awaited beyond the time of the test.</summary>
    public static readonly TimeSpan LongestPicture = TimeSpan.FromMinutes(4);

    /// <summary>The test ends by then, whatever happens.</summary>
    public TimeSpan Longest => TimeSpan.FromSeconds(2 * Seconds) + LongestPicture + TimeSpan.FromMinutes(4);

    public static Load Parse(string[] args)
    {
        var annotating = args is ["annotate", ..];
        var load = new Load(annotating, 50, annotating ? 300 : 30, 128, null);
        for (var i = annotating ? 1 : 0; i < args.Length; i++)
        {
            load = args[i] switch
            {
                "--viewers" => load with { Viewers = Number(args, ++i, annotating ? 2 : 1, 200) },
                "--seconds" => load with { Seconds = Number(args, ++i, 5, 1200) },
                "--size" => load with { Size = Number(args, ++i, 64, 512) },
                var file when !file.StartsWith('-') => load with { File = file },
                var other => throw new ArgumentException($"{other} is no option; there are --viewers, --seconds and --size."),
            };
        }

        return load;
    }

    private static int Number(string[] args, int at, int least, int most) =>
        at < args.Length && int.TryParse(args[at], NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most
            ? n
            : throw new ArgumentException($"{args[at - 1]} takes {least} to {most}.");
}
