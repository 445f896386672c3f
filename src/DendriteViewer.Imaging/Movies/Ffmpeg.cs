using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Movies;

/// <summary>The ffmpeg program where it is installed. It is given numbers that were checked, never text that somebody typed.</summary>
/// <param name="Path">Where the program is.</param>
/// <param name="Version">What it says its version is.</param>
/// <param name="Formats">What it can write.</param>
public sealed record Ffmpeg(string Path, string Version, IReadOnlySet<MovieFormat> Formats)
{
    /// <summary>What people are told where it is missing.</summary>
    public const string Missing =
        "ffmpeg is not installed on this server, so that movies are written as GIF; WebM and MP4 need it (on Debian: "
        + "apt-get install ffmpeg).";

    private const int MostErrorChars = 2000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>Looks for the program and asks what it can do.</summary>
    /// <param name="configured">Its path, or null to look along PATH.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Null where there is none, or it does not answer.</returns>
    public static async Task<Ffmpeg?> FindAsync(string? configured, CancellationToken ct)
    {
        if ((configured ?? OnPath()) is not { } path || !File.Exists(path))
        {
            return null;
        }

        try
        {
            var version = await AskAsync(path, "-version", ct);
            var encoders = await AskAsync(path, "-encoders", ct);
            var formats = new HashSet<MovieFormat>();
            if (encoders.Contains(" libvpx-vp9 ", StringComparison.Ordinal))
            {
                formats.Add(MovieFormat.WebM);
            }

            if (encoders.Contains(" libx264 ", StringComparison.Ordinal))
            {
                formats.Add(MovieFormat.Mp4);
            }

            // "ffmpeg version 5.1.6-0+deb12u1 Copyright (c) …"
            var words = version.Split(' ', 4);
            return words is ["ffmpeg", "version", var number, ..] ? new Ffmpeg(path, number, formats) : null;
        }
        catch (Exception e) when (e is Win32Exception or IOException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Writes a movie of PNG pictures.</summary>
    /// <param name="frames">Each frame's PNG file, in order; they have one size, with even sides.</param>
    /// <param name="framesPerSecond">Frames a second.</param>
    /// <param name="format">WebM or MP4.</param>
    /// <param name="target">The file to be written.</param>
    /// <param name="ct">Stops it; the process ends, and what it wrote stays for the caller to remove.</param>
    /// <exception cref="VolumeFormatException">ffmpeg failed; the message has its own words.</exception>
    public async Task WriteAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> frames, double framesPerSecond, MovieFormat format, string target, CancellationToken ct)
    {
        using var process = Start(Path, ArgumentsOf(framesPerSecond, format, target));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        try
        {
            Exception? broken = null;
            try
            {
                process.PriorityClass = ProcessPriorityClass.BelowNormal;
                await foreach (var frame in frames.WithCancellation(ct))
                {
                    await process.StandardInput.BaseStream.WriteAsync(frame, ct);
                }

                process.StandardInput.Close();
            }
            catch (Exception e) when (e is IOException or InvalidOperationException && !ct.IsCancellationRequested)
            {
                // It ended early: what it says about that is worth more than that its pipe is closed.
                broken = e;
            }

            await process.WaitForExitAsync(ct);
            await output;
            var said = (await errors).Trim();
            if (process.ExitCode != 0 || broken is not null)
            {
                var message = $"ffmpeg {Version} could not write the movie: {Last(said)}";
                throw broken is null ? new VolumeFormatException(message) : new VolumeFormatException(message, broken);
            }
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    // Colours are those of BT.709, which players presume of what is not small, and said to be.
    private static string[] ArgumentsOf(double framesPerSecond, MovieFormat format, string target) =>
    [
        "-hide_banner", "-loglevel", "error", "-f", "image2pipe", "-c:v", "png",
        "-framerate", framesPerSecond.ToString("0.######", CultureInfo.InvariantCulture), "-i", "pipe:0", "-an",
        "-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
        "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
        .. format == MovieFormat.WebM
            ? ["-c:v", "libvpx-vp9", "-b:v", "0", "-crf", "24", "-deadline", "good", "-cpu-used", "3", "-row-mt", "1", "-f", "webm"]
            : (string[])["-c:v", "libx264", "-preset", "medium", "-crf", "17", "-movflags", "+faststart", "-f", "mp4"],
        "-y", target,
    ];

    private static async Task<string> AskAsync(string path, string question, CancellationToken ct)
    {
        using var process = Start(path, ["-hide_banner", question]);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        try
        {
            var answer = await output.WaitAsync(s_patience, ct);
            await errors.WaitAsync(s_patience, ct);
            await process.WaitForExitAsync(ct).WaitAsync(s_patience, ct);
            return answer;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static Process Start(string path, IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(path, arguments)
    {
        RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
    }) ?? throw new IOException($"{path} could not be started.");

    private static string? OnPath() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => System.IO.Path.Combine(folder, OperatingSystem.IsWindows() ? "ffmpeg.exe" : "ffmpeg"))
            .FirstOrDefault(File.Exists);

    private static string Last(string text) => text.Length == 0 ? "it ended without a word." : text.Length > MostErrorChars
        ? text[^MostErrorChars..] : text;
}
