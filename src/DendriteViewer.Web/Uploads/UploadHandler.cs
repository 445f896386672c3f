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
public sealed class UploadHandler(JobBoard board, UploadFolder folder, UploadShare share, TimeProvider time) : IJobHandler
{
    // After how long without a piece it is said that somebody must do something.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);

    // How often the store is asked for what other servers took.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public string Kind => JobKinds.Upload;

    /// <summary>Begins an upload. Whoever calls has been authorized.</summary>
    /// <exception cref="VolumeFormatException">A name leads elsewhere, or there is no room.</exception>
    public async Task<Upload> StartAsync(IReadOnlyList<UploadFile> files, Person by, CancellationToken ct)
    {
        var upload = folder.Begin(by.Key, files);
        await share.BeginAsync(upload, ct);
        var title = files.Count == 1 ? files[0].Path : $"{files[0].Path} and {files.Count - 1} more";
        var job = await board.StartAsync(new JobRequest(Kind, title, null, JsonSerializer.Serialize(new Arguments(upload.Id))), by, ct);
        await share.SetJobAsync(upload, job.Id, ct);
        return upload;
    }

    /// <summary>Gives an upload up, with its pieces. Whoever calls has been authorized.</summary>
    public async Task GiveUpAsync(Upload upload, CancellationToken ct)
    {
        if (await share.JobOfAsync(upload, ct) is { } job)
        {
            await board.CancelAsync(job, ct);
        }

        await share.RemoveAsync(upload.Id, ct);
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
            var (isSilent, last, since) = (false, -1L, 0L);
            while (await share.FindAsync(id, ct) is { } upload)
            {
                var (there, total) = (await share.ReceivedAsync(upload, ct), upload.Files.Sum(f => f.Size));
                if (there == total && (share.IsOn || folder.Complete(upload) is not null))
                {
                    return new JobOutcome($"{Size(total)} arrived", null);
                }

                run.Progress.Report(new JobProgress((double)there / Math.Max(1, total), isSilent ? $"waits at {Size(there)}; choose the same files to go on" : $"{Size(there)} of {Size(total)}"));
                if (!share.IsOn)
                {
                    isSilent = !await moved.WaitAsync(Silence, ct);
                    continue;
                }

                // Another server may take the pieces.
                (last, since) = there == last ? (last, since) : (there, time.GetTimestamp());
                isSilent = time.GetElapsedTime(since) >= Silence;

                // Each look is a listing of the store: not one a piece, unless the last one came here, or the upload was removed here.
                var looked = time.GetTimestamp();
                do
                {
                    await moved.WaitAsync(Look, ct);
                }
                while (time.GetElapsedTime(looked) < Look && folder.Find(id) is not null && folder.Received(upload) < total);
            }

            // Cancelled by whoever removed it, or swept.
            ct.ThrowIfCancellationRequested();
            throw new VolumeFormatException("Its pieces were removed; choose the files again.");
        }
        catch (OperationCanceledException) when (!run.IsStopping())
        {
            await share.RemoveAsync(id, CancellationToken.None);
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
