namespace DendriteViewer.Cli.Output;

/// <summary>Files that a command writes: under another name until they are whole, so that nobody finds half of one.</summary>
internal static class NewFile
{
    private const string Unfinished = ".unfinished";

    /// <summary>Writes a file, or leaves what was there.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="write">Writes its bytes.</param>
    /// <exception cref="IOException">It cannot be written; the message names the file and what to do.</exception>
    public static async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        var beside = path + Unfinished;
        try
        {
            await using (var stream = File.Create(beside))
            {
                await write(stream);
            }

            File.Move(beside, path, overwrite: true);
        }
        catch (Exception e)
        {
            if (File.Exists(beside))
            {
                File.Delete(beside);
            }

            if (e is IOException or UnauthorizedAccessException)
            {
                throw new IOException($"{path} cannot be written: {e.Message}", e);
            }

            throw;
        }
    }
}
