namespace DendriteViewer.Web.Hosting;

/// <summary>
/// Keeps accounts, links and keys from other users of the machine: the data folder and its folders may be entered by the account that runs
/// the app alone (0700), databases and keys read and written by it alone (0600). Looser permissions are mended at every start.
/// </summary>
public sealed partial class PrivateFiles(DendriteOptions options, ILogger<PrivateFiles> log)
{
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly string[] s_folders = ["keys", "uploads", "exports", "cache"];

    /// <summary>Makes the folders where there are none, and narrows what is open to others.</summary>
    /// <param name="areNew">Whether the files that are open to others were only just made, which nobody needs to hear of.</param>
    public void Protect(bool areNew)
    {
        if (OperatingSystem.IsWindows())
        {
            // A folder below a user's profile or a service's is not open to others there.
            return;
        }

        var data = Path.GetFullPath(options.Data);
        foreach (var folder in s_folders.Select(f => Path.Combine(data, f)).Prepend(data))
        {
            MakeFolder(folder);
            Narrow(folder, OwnerFolder, areNew);
        }

        foreach (var file in Directory.EnumerateFiles(data, "*.db*").Concat(Directory.EnumerateFiles(Path.Combine(data, "keys"))))
        {
            Narrow(file, OwnerFile, areNew);
        }
    }

    /// <summary>Makes a folder that others may not enter, not for a moment.</summary>
    public static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, OwnerFolder);
        }
    }

    private void Narrow(string path, UnixFileMode widest, bool isNew)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        try
        {
            var mode = File.GetUnixFileMode(path);
            if ((mode & ~widest) != 0)
            {
                File.SetUnixFileMode(path, mode & widest);
                LogNarrowed(log, isNew ? LogLevel.Debug : LogLevel.Information, path, Convert.ToString((int)mode, 8),
                    Convert.ToString((int)(mode & widest), 8));
            }
        }
        catch (UnauthorizedAccessException)
        {
            LogOpen(log, path);
        }
    }

    [LoggerMessage(Message = "{Path} was open to others ({Before}); it is {After} now")]
    private static partial void LogNarrowed(ILogger logger, LogLevel level, string path, string before, string after);

    [LoggerMessage(LogLevel.Warning, "{Path} belongs to another user, so it could not be closed to others; give it to the account that "
        + "runs the app")]
    private static partial void LogOpen(ILogger logger, string path);
}
