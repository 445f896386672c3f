using System.Globalization;
using System.Text.Json;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Jobs;

namespace DendriteViewer.Web.Uploads;

/// <summary>
/// An upload as a job: it waits for the pieces that a browser sends, says how many are there, and ends with the last. A server's end
/// costs nothing; the browser goes on with the next.
/// </summary>
public sealed class UploadHandler(JobBoard board, UploadFolder folder) : IJobHandler
{
    // After how long without a piece it is said that somebody must do something.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public string Kind => JobKinds.Upload;

    /// <summary>Begins an upload. Whoever calls has been authorized.</summary>
    /// <exception cref="VolumeFormatException">A name leads elsewhere, or there is no room.</exception>
    public async Task<Upload> StartAsync(IReadOnlyList<UploadFile> files, Person by, CancellationToken ct)
    {
        var upload = folder.Begin(by.Key, files);
        var title = files.Count == 1 ? files[0].Path : $"{files[0].Path} and {files.Count - 1} more";
        var job = await board.StartAsync(new JobRequest(Kind, title, null, JsonSerializer.Serialize(new Arguments(upload.Id))), by, ct);
        folder.SetJob(upload, job.Id);
        return upload;
    }

    /// <summary>Gives an upload up, with its pieces. Whoever calls has been authorized.</summary>
    public async Task GiveUpAsync(Upload upload, CancellationToken ct)
    {
        if (folder.JobOf(upload) is { } job)
        {
            await board.CancelAsync(job, ct);
        }

        folder.Remove(upload);
    }

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken ct)
    {
        var id = JsonSerializer.Deserialize<Arguments>(run.Request.Arguments)!.Upload;
        using var moved = new SemaphoreSlim(0);
        void OnChanged(string which) => _ = which == id ? moved.Release() : 0;
        folder.Changed += OnChanged;
        try
        {
            var isSilent = false;
            while (folder.Find(id) is { } upload)
            {
                var (there, total) = (folder.Received(upload), upload.Files.Sum(f => f.Size));
                if (there == total && folder.Complete(upload) is not null)
                {
                    return new JobOutcome($"{Size(total)} arrived", null);
                }

                run.Progress.Report(new JobProgress((double)there / Math.Max(1, total), isSilent ? $"waits at {Size(there)}; choose the same files to go on" : $"{Size(there)} of {Size(total)}"));
                isSilent = !await moved.WaitAsync(Silence, ct);
            }

            // Cancelled by whoever removed it, or swept.
            ct.ThrowIfCancellationRequested();
            throw new VolumeFormatException("Its pieces were removed; choose the files again.");
        }
        catch (OperationCanceledException) when (!run.IsStopping() && folder.Find(id) is not null)
        {
            folder.Remove(folder.Find(id)!);
            throw;
        }
        finally
        {
            folder.Changed -= OnChanged;
        }
    }

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB");

    private sealed record Arguments(string Upload);
}
