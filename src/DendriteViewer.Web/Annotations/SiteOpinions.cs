using System.Collections.Concurrent;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Annotations;

/// <summary>How far the annotators of each dataset agree, kept with the judgements that were read already.</summary>
internal sealed class SiteOpinions
{
    private readonly ConcurrentDictionary<DatasetIdentity, Opinions> _all = new();

    /// <summary>
    /// How far annotators agree; only edits that it has not seen yet are read. Null where there are too few people or places.
    /// </summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="withinUm">Marks so near to one another are of one place, µm.</param>
    /// <param name="rowsAfter">The edits of the dataset's sites after an entry of its journal, oldest first.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<AgreementFinding?> AgreementAsync(
        DatasetIdentity dataset, double withinUm,
        Func<DatasetIdentity, long, CancellationToken, Task<IReadOnlyList<SiteEdit>>> rowsAfter, CancellationToken ct)
    {
        var opinions = _all.GetOrAdd(dataset, _ => new Opinions());
        await opinions.Turn.WaitAsync(ct);
        try
        {
            var rows = await rowsAfter(dataset, opinions.Judgements.Number, ct);
            if (rows.Count > 0)
            {
                opinions.Judgements.Take(rows);
            }

            if (rows.Count > 0 || opinions.WithinUm != withinUm)
            {
                (opinions.WithinUm, opinions.Finding) = (withinUm, Agreement.Of(opinions.Judgements.PlacesWithin(withinUm)));
            }

            return opinions.Finding;
        }
        finally
        {
            opinions.Turn.Release();
        }
    }

    /// <summary>A dataset is gone.</summary>
    public void Forget(DatasetIdentity dataset) => _all.TryRemove(dataset, out _);

    // The fold of a dataset's log, and what was found from it last; all of it is of whoever holds the turn.
    private sealed class Opinions
    {
        public readonly SemaphoreSlim Turn = new(1, 1);

        public Judgements Judgements { get; } = new();

        public double WithinUm { get; set; } = double.NaN;

        public AgreementFinding? Finding { get; set; }
    }
}
