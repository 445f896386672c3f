using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Limits;

namespace DendriteViewer.Web.Exports;

/// <summary>Starts jobs of one kind, one at a time for each person, since each keeps the server busy for minutes.</summary>
/// <param name="board">Where jobs are asked for.</param>
/// <param name="kind">The kind of the jobs.</param>
/// <param name="what">What they make, as a sentence names it: "movie".</param>
internal sealed class ExportTurn(JobBoard board, string kind, string what)
{
    private readonly SemaphoreSlim _starting = new(1);

    /// <summary>Asks for a job. Whoever calls has been authorized.</summary>
    /// <exception cref="ExportBusyException">The person has one in work.</exception>
    public async Task<Job> StartAsync(JobRequest request, Person by, CancellationToken ct)
    {
        await _starting.WaitAsync(ct);
        try
        {
            return board.Jobs.Any(j => j.IsActive && j.Kind == kind && j.ByKey == by.Key)
                ? throw new ExportBusyException(what)
                : await board.StartAsync(request, by, ct);
        }
        finally
        {
            _starting.Release();
        }
    }
}

/// <summary>A person has an export of the kind in work already.</summary>
public sealed class ExportBusyException(string what)
    : RetryLaterException($"A {what} of yours is being made; wait for it, or cancel it, and ask again.", TimeSpan.FromSeconds(30));
