using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Hosting;
using Quartz;

namespace DendriteViewer.Web.Jobs;

/// <summary>
/// What Quartz runs: finds the handler, tells how it goes, and says how it ended. Work on one dataset is done one piece after another.
/// </summary>
[DisallowConcurrentExecution]
public sealed class QuartzWork(JobBoard board, IEnumerable<IJobHandler> handlers, IHostApplicationLifetime life, ComputeLanes lanes,
    Failures failures) : IJob
{
    /// <summary>Under which a trigger carries the job's id.</summary>
    public const string IdKey = "id";

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var id = Guid.ParseExact(context.MergedJobDataMap.GetString(IdKey)!, "N");
        if (await board.TryBeginAsync(id, context.FireInstanceId, cancellationToken) is not { } request)
        {
            return;
        }

        await using var progress = new Progress(board, id);
        try
        {
            var handler = handlers.FirstOrDefault(h => h.Kind == request.Kind)
                ?? throw new VolumeFormatException($"This server does not know jobs of the kind {request.Kind}; it was asked for by a newer one.");
            var run = new JobRun(request, progress, () => life.ApplicationStopping.IsCancellationRequested);
            var outcome = await lanes[Urgency.Job].RunAsync(() => handler.RunAsync(run, cancellationToken), CancellationToken.None);
            await progress.DisposeAsync();
            await board.EndAsync(id, JobState.Done, outcome.Detail, outcome);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await progress.DisposeAsync();
            if (life.ApplicationStopping.IsCancellationRequested)
            {
                // Quartz hands it to the next server that starts.
                await board.EndAsync(id, JobState.Waiting, "Goes on when the server is back");
                throw;
            }

            await board.EndAsync(id, JobState.Cancelled, "Cancelled");
        }
        catch (Exception e) when (IsTransient(e) && context.RetryAttempt < (context.RetryPolicy?.MaxAttempts ?? 0))
        {
            await progress.DisposeAsync();
            await board.EndAsync(id, JobState.Waiting, $"Tried again soon: {e.Message.Split('\n')[0].Trim()}");
            throw new JobExecutionException(e);
        }
        catch (Exception e)
        {
            await progress.DisposeAsync();

            // Who imports names a place on the server, and is told of it; others are told without the server's paths.
            var isOfImport = request.Kind == ImportHandler.Name && e is (IOException or UnauthorizedAccessException);
            await board.EndAsync(id, JobState.Failed, isOfImport ? e.Message : failures.Tell(e));
        }
    }

    private static bool IsTransient(Exception e) => e switch
    {
        BlobStoreException s => s.IsTransient,
        AggregateException a => a.InnerExceptions.All(IsTransient),
        _ => false,
    };


    // Shown at once here, kept for others once a second.
    private sealed class Progress : IProgress<JobProgress>, IAsyncDisposable
    {
        private readonly JobBoard _board;
        private readonly Guid _id;
        private readonly PeriodicTimer _timer = new(TimeSpan.FromSeconds(1));
        private readonly Task _keeping;
        private readonly Lock _lock = new();
        private JobProgress? _unkept;
        private bool _ended;

        public Progress(JobBoard board, Guid id)
        {
            (_board, _id) = (board, id);
            _keeping = KeepAsync();
        }

        public void Report(JobProgress value)
        {
            lock (_lock)
            {
                // A part that ends late must not move what has ended.
                if (_ended)
                {
                    return;
                }

                _unkept = value;
                _board.ShowProgress(_id, value);
            }
        }

        public async ValueTask DisposeAsync()
        {
            lock (_lock)
            {
                _ended = true;
            }

            _timer.Dispose();
            await _keeping;
        }

        private async Task KeepAsync()
        {
            while (await _timer.WaitForNextTickAsync())
            {
                JobProgress? now;
                lock (_lock)
                {
                    (now, _unkept) = (_unkept, null);
                }

                if (now is { } progress)
                {
                    await _board.KeepProgressAsync(_id, progress);
                }
            }
        }
    }
}
