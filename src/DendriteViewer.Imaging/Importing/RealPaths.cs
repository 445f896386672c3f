namespace DendriteViewer.Imaging.Importing;

/// <summary>Where a path really leads, every link on the way followed.</summary>
public static class RealPaths
{
    /// <summary>The path without links; parts that do not exist stay as they are.</summary>
    public static string Resolve(string path)
    {
        var real = Path.GetPathRoot(Path.GetFullPath(path))!;
        foreach (var part in Path.GetFullPath(path)[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            FileSystemInfo entry = Directory.Exists(real) ? new DirectoryInfo(real) : new FileInfo(real);
            if (entry.LinkTarget is not null)
            {
                real = Resolve(entry.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
            }
        }

        return real;
    }

    /// <summary>Whether a path is one of some folders or lies below one, links followed on both sides.</summary>
    public static bool IsBelowAny(string path, IEnumerable<string> folders)
    {
        var real = Resolve(path) + Path.DirectorySeparatorChar;
        return folders.Any(f => real.StartsWith(Path.TrimEndingDirectorySeparator(Resolve(f)) + Path.DirectorySeparatorChar, StringComparison.Ordinal));
    }
}
