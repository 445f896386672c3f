using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Figures;
using DendriteViewer.Imaging.Movies;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Figures;
using DendriteViewer.Web.Jobs;

namespace DendriteViewer.Web.Exports;

/// <summary>
/// Makes movies. Frames are drawn in the jobs' lane, so that whoever looks at data is served first, and kept in a folder beside the
/// exports: a run that was cut off, or is asked for again, goes on from them.
/// </summary>
public sealed class MovieHandler(JobBoard board, DatasetStore store, ExportFiles files, FigureService figures, FigureRenderer renderer,
    MovieTools tools)
    : IJobHandler
{
    /// <summary>The kind of its jobs.</summary>
    public const string Name = "Movie";

    // Encoding takes about as long as drawing slices does, and less than 3D pictures.
    private const double DrawingShare = 0.75;

    // What moves in a movie tells nobody's name, so it is the same for whoever asked.
    private static readonly DatasetGrant s_nobody = new(DatasetRole.View, IsMember: false);
    /// <summary>Each person has one at a time.</summary>
    public static JobLimit Limit { get; } = new(Name, "movie");

    /// <inheritdoc/>
    public string Kind => Name;

    /// <summary>Asks for a movie, one at a time for each person. Whoever calls has been authorized.</summary>
    /// <exception cref="Imaging.Bounds.OutOfRangeException">It cannot be made; the message says the remedy.</exception>
    /// <exception cref="JobBusyException">The person has one in work.</exception>
    /// <exception cref="VolumeFormatException">This server cannot write the format.</exception>
    public async Task<Job> StartAsync(Dataset dataset, MovieRequest movie, Person by, CancellationToken ct = default)
    {
        if (dataset.Kept is not null)
        {
            // Its job opens the dataset as it is then.
            throw new ArgumentException(
                "Movies show a dataset as it is now; go back to now to export one. Figures show earlier states too.");
        }

        var plan = await PlanAsync(dataset, movie, ct);
        await tools.NeedAsync(plan.Settings.Format, ct);
        return await board.StartAsync(
            new JobRequest(Kind, $"{dataset.Name}, {plan.Settings.Kind.ToString().ToLowerInvariant()}", dataset.Id.Value,
                JsonSerializer.Serialize(movie), dataset.Identity.Value), by, ct);
    }

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken ct)
    {
        var movie = JsonSerializer.Deserialize<MovieRequest>(run.Request.Arguments)!;
        var dataset = await store.OpenForJobAsync(run.Request, ct);
        var plan = await PlanAsync(dataset, movie, ct);
        await files.SweepAsync(ct);
        var name = NameOf(dataset, plan, run.Request.Arguments);
        var frames = new MovieFrames(renderer, Path.Combine(files.FolderOf(dataset.Identity), ".frames-" + name));
        try
        {
            var kept = 0;
            kept = await frames.DrawAsync(plan, new Relay<(int Done, int All)>(p => run.Progress.Report(
                new JobProgress(DrawingShare * p.Done / p.All, $"picture {p.Done} of {p.All}"))), ct);
            var target = Path.Combine(files.FolderOf(dataset.Identity), name);
            var (format, all) = (plan.Settings.Format, plan.Settings.Frames);
            run.Progress.Report(new JobProgress(DrawingShare,
                $"writing {format}{(kept > 0 ? $"; {kept} pictures were there already" : "")}"));
            await MovieWriter.WriteAsync(plan, frames, await tools.FindAsync(ct), target, new Relay<int>(done => run.Progress.Report(
                new JobProgress(DrawingShare + (1 - DrawingShare) * done / all, $"writing {format}, frame {done} of {all}"))), ct);
            frames.Remove();
            await files.PublishAsync(dataset.Identity, target, ct);
            return new JobOutcome($"{name} can be fetched", dataset.Id.Value);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested && !run.IsStopping())
        {
            // Somebody stopped it, so nobody waits for its frames.
            frames.Remove();
            throw;
        }
    }

    private async Task<MoviePlan> PlanAsync(Dataset dataset, MovieRequest movie, CancellationToken ct)
    {
        var settings = movie.ToSettings();
        if (settings.Kind == MovieKind.Views)
        {
            var stops = new List<(FigureScene, double)>();
            foreach (var stop in movie.Stops!)
            {
                stops.Add((await figures.SceneAsync(dataset, stop.View, s_nobody, ct), stop.Seconds));
            }

            return MoviePlan.OfViews(stops, movie.Transition, settings);
        }

        return MoviePlan.Of(await figures.SceneAsync(dataset, movie.View, s_nobody, ct), settings);
    }

    // Frames of another state of the dataset or of its sites are others.
    private static string NameOf(Dataset dataset, MoviePlan plan, string arguments)
    {
        var (settings, first) = (plan.Settings, plan.Shots[0].Scene);
        var made = $"{arguments}\n{dataset.Identity}\n{dataset.Revision}\n{first.MarksText}";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(made)))[..6];
        var panes = FigureService.PaneNameOf(settings.Panes);
        return $"{dataset.Id}-{first.Volume.Key.Modality}-{settings.Kind}-{panes}-{hash}.{settings.Format}".ToLowerInvariant();
    }

    private sealed class Relay<T>(Action<T> action) : IProgress<T>
    {
        public void Report(T value) => action(value);
    }
}

/// <summary>What this server writes movies with. A program that is installed later is found when next asked for.</summary>
public sealed class MovieTools(DendriteOptions options)
{
    private volatile Ffmpeg? _found;

    /// <summary>ffmpeg, or null where there is none.</summary>
    public async Task<Ffmpeg?> FindAsync(CancellationToken ct) => _found ??= await Ffmpeg.FindAsync(options.Ffmpeg, ct);

    /// <summary>Refuses a format that this server cannot write.</summary>
    /// <exception cref="VolumeFormatException">It cannot.</exception>
    public async Task NeedAsync(MovieFormat format, CancellationToken ct)
    {
        if (format == MovieFormat.Gif)
        {
            return;
        }

        var found = await FindAsync(ct) ?? throw new VolumeFormatException(Ffmpeg.Missing);
        if (!found.Formats.Contains(format))
        {
            throw new VolumeFormatException($"ffmpeg {found.Version} of this server cannot write {format}; choose another format.");
        }
    }
}
