using System.Globalization;

namespace DendriteViewer.LoadTests;

/// <summary>What load, how much of it, for how long.</summary>
/// <param name="IsAnnotating">Whether half of the viewers annotate while the others orbit; else all orbit, and large pictures come
/// beside them.</param>
/// <param name="Viewers">Viewers, 1 to 200.</param>
/// <param name="Seconds">How long each part is measured, 5 to 1200.</param>
/// <param name="Size">Voxels of the phantom each way, 64 to 512.</param>
/// <param name="Pixels">The size of each viewer's 3D pane.</param>
/// <param name="Device">What draws, as the server's setting <c>Device</c>.</param>
/// <param name="File">Where the table goes, or null.</param>
internal sealed record Load(bool IsAnnotating, int Viewers, int Seconds, int Size, PaneSize Pixels, string Device, string? File)
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
        var load = new Load(annotating, 50, annotating ? 300 : 30, 128, new PaneSize(640, 480), "cpu", null);
        for (var i = annotating ? 1 : 0; i < args.Length; i++)
        {
            load = args[i] switch
            {
                "--viewers" => load with { Viewers = Number(args, ++i, annotating ? 2 : 1, 200) },
                "--seconds" => load with { Seconds = Number(args, ++i, 5, 1200) },
                "--size" => load with { Size = Number(args, ++i, 64, 512) },
                "--pixels" => load with { Pixels = PaneSize.Parse(i + 1 < args.Length ? args[++i] : "") },
                "--device" => load with { Device = DeviceOf(i + 1 < args.Length ? args[++i] : "") },
                var file when !file.StartsWith('-') => load with { File = file },
                var other => throw new ArgumentException(
                    $"{other} is no option; there are --viewers, --seconds, --size, --pixels and --device."),
            };
        }

        return load;
    }

    /// <summary>Whether the server is asked for a graphics processor, and must have one.</summary>
    public bool IsByDevice => Device != "cpu";

    private static string DeviceOf(string text) =>
        text is "cpu" or "auto" or "opencl" ? text : throw new ArgumentException("--device takes cpu, auto or opencl.");

    private static int Number(string[] args, int at, int least, int most) =>
        at < args.Length && int.TryParse(args[at], NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most
            ? n
            : throw new ArgumentException($"{args[at - 1]} takes {least} to {most}.");
}

/// <summary>The size of a pane in pixels.</summary>
/// <param name="Width">Pixels across, 64 to 3840.</param>
/// <param name="Height">Pixels down, 64 to 2160.</param>
internal sealed record PaneSize(int Width, int Height)
{
    /// <exception cref="ArgumentException">The text is no size, as 1280x720.</exception>
    public static PaneSize Parse(string text) =>
        text.Split('x') is [var w, var h] && int.TryParse(w, NumberStyles.None, CultureInfo.InvariantCulture, out var width)
        && int.TryParse(h, NumberStyles.None, CultureInfo.InvariantCulture, out var height) && width is >= 64 and <= 3840
        && height is >= 64 and <= 2160
            ? new PaneSize(width, height)
            : throw new ArgumentException("--pixels takes a size of 64x64 to 3840x2160, as 1280x720.");

    /// <summary>As tables write it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Width}×{Height}");
}
