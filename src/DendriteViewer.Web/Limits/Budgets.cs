using System.Threading.RateLimiting;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Limits;

/// <summary>
/// What an account, a link and an address may have the server do. Links and addresses, which several people share, may have four times as
/// much.
/// </summary>
public sealed class Budgets : IDisposable
{
    // Permits are whole numbers; the smallest cost that counts is a sixteenth of a megapixel.
    private const int PermitsAMegapixel = 16;
    private const int SharedFactor = 4;

    // Pages of many thumbnails ask for them all at once; they wait for one another.
    private const int MostQueued = 256;

    // Corrections of masks: nobody paints faster by hand.
    private const int StrokeBurst = 60, StrokesPerSecond = 20;

    // Bookmarks: a few at once, then one a second; each change is a write to the database.
    private const int BookmarkBurst = 20, BookmarksPerSecond = 1;

    // Changes of what belongs to a cell: a dragged range of a fit is kept a few times a second.
    private const int CellBurst = 60, CellChangesPerSecond = 5;

    // Edits of annotations: nobody marks faster by hand; what was done offline comes in calls of many.
    private const int EditBurst = 1000, EditsPerSecond = 100;

    /// <summary>Invitations that an account makes at once at most, and minutes until it may make one more.</summary>
    public const int InvitationsAtOnce = 40, MinutesAnInvitation = 2;

    /// <summary>How many times as many come to one dataset, which may have several owners.</summary>
    public const int DatasetInvitations = 2;

    private readonly PartitionedRateLimiter<Holder> _megapixels;
    private readonly PartitionedRateLimiter<Holder> _atOnce;
    private readonly PartitionedRateLimiter<Holder> _signIns;
    private readonly PartitionedRateLimiter<Holder> _viewers;
    private readonly PartitionedRateLimiter<Holder> _strokes;
    private readonly PartitionedRateLimiter<Holder> _bookmarks;
    private readonly PartitionedRateLimiter<Holder> _cells;
    private readonly PartitionedRateLimiter<Holder> _edits;
    private readonly PartitionedRateLimiter<Holder> _invitations;
    private readonly Lock _editTurn = new(), _invitationTurn = new();

    /// <param name="options">How much.</param>
    public Budgets(DendriteOptions options)
    {
        var (burst, rate) = (Permits(options.PictureBurstMegapixels), Permits(options.PictureMegapixelsPerSecond));
        _megapixels = Of(h => new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst * h.Factor, TokensPerPeriod = rate * h.Factor,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = false,
        }));
        _atOnce = Of(h => new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = options.PicturesAtOnce * h.Factor, QueueLimit = MostQueued,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }));
        _viewers = Of(h => new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = options.ViewersPerAccount * h.Factor }));
        _strokes = Of(h => new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = StrokeBurst * h.Factor, TokensPerPeriod = StrokesPerSecond * h.Factor,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = false,
        }));
        _cells = Of(h => new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = CellBurst * h.Factor, TokensPerPeriod = CellChangesPerSecond * h.Factor,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = false,
        }));
        _edits = Of(h => new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = EditBurst * h.Factor, TokensPerPeriod = EditsPerSecond * h.Factor,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = false,
        }));
        _bookmarks = Of(_ => new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = BookmarkBurst, TokensPerPeriod = BookmarksPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = false,
        }));
        _invitations = Of(h => new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = InvitationsAtOnce * h.Factor, TokensPerPeriod = h.Factor,
            ReplenishmentPeriod = TimeSpan.FromMinutes(MinutesAnInvitation), AutoReplenishment = false,
        }));
        _signIns = Of(_ => new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.SignInsPerMinute, TokensPerPeriod = options.SignInsPerMinute,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1), AutoReplenishment = false,
        }));
    }

    /// <summary>Takes the cost of a picture or a table, and waits for its turn among those of the same holder.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="megapixels">What it costs.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="what">What a refusal calls it.</param>
    /// <returns>Dispose it when the work is done.</returns>
    /// <exception cref="BudgetSpentException">The budget is spent.</exception>
    public async Task<IDisposable> SpendAsync(ClientKeys client, double megapixels, CancellationToken ct, string what = "pictures")
    {
        var held = new Held();
        try
        {
            foreach (var holder in Holder.Of(client))
            {
                held.Add(Granted(_megapixels.AttemptAcquire(holder, Permits(megapixels)), what));
                held.Add(Granted(await _atOnce.AcquireAsync(holder, 1, ct), what));
            }

            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Counts an attempt to sign in from an address.</summary>
    /// <exception cref="BudgetSpentException">There were too many.</exception>
    public void SignIn(ClientKeys client) =>
        Granted(_signIns.AttemptAcquire(new Holder(client.Address, 1)), "attempts to sign in").Dispose();

    /// <summary>Counts a correction of a mask.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="counts">As how many it counts, by its work: 60 at most; 0 counts nothing.</param>
    /// <exception cref="BudgetSpentException">There were too many.</exception>
    public void Stroke(ClientKeys client, int counts = 1)
    {
        if (counts == 0)
        {
            return;
        }

        foreach (var holder in Holder.Of(client))
        {
            Granted(_strokes.AttemptAcquire(holder, Math.Min(counts, StrokeBurst)), "corrections of masks").Dispose();
        }
    }

    /// <summary>Counts a change of what belongs to a cell.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="counts">As how many it counts: 60 at most.</param>
    /// <exception cref="BudgetSpentException">There were too many.</exception>
    public void CellChange(ClientKeys client, int counts = 1)
    {
        foreach (var holder in Holder.Of(client))
        {
            Granted(_cells.AttemptAcquire(holder, Math.Min(counts, CellBurst)), "changes of cells").Dispose();
        }
    }

    /// <summary>Counts edits of annotations, by the hub or over HTTP.</summary>
    /// <param name="client">Who edits.</param>
    /// <param name="count">How many: 1000 at most.</param>
    /// <exception cref="BudgetSpentException">There were too many; none of them is done.</exception>
    public void Edit(ClientKeys client, int count)
    {
        var permits = Math.Min(count, EditBurst);

        // Nobody else takes between the two, so that what one of them refuses costs the other nothing.
        lock (_editTurn)
        {
            var seconds = Holder.Of(client).Max(h =>
                (permits - _edits.GetStatistics(h)!.CurrentAvailablePermits) / (double)(EditsPerSecond * h.Factor));
            if (seconds > 0)
            {
                throw Spent("edits", TimeSpan.FromSeconds(Math.Max(1, seconds)));
            }

            foreach (var holder in Holder.Of(client))
            {
                Granted(_edits.AttemptAcquire(holder, permits), "edits").Dispose();
            }
        }
    }

    /// <summary>Counts an invitation, which may become a mail to somebody who did not ask for it.</summary>
    /// <param name="account">Who invites.</param>
    /// <param name="dataset">To what.</param>
    /// <exception cref="BudgetSpentException">The account made too many, or too many came to the dataset.</exception>
    public void Invitation(Guid account, DatasetIdentity dataset)
    {
        var (ofAccount, ofDataset) = (new Holder($"account:{account}", 1), new Holder($"dataset:{dataset.Value}", DatasetInvitations));

        // What one of them refuses costs the other nothing.
        lock (_invitationTurn)
        {
            foreach (var (holder, whose) in new[] { (ofAccount, "from this account"), (ofDataset, "to this dataset") })
            {
                if (_invitations.GetStatistics(holder)!.CurrentAvailablePermits < 1)
                {
                    throw Spent("invitations", TimeSpan.FromMinutes((double)MinutesAnInvitation / holder.Factor), whose);
                }
            }

            Granted(_invitations.AttemptAcquire(ofAccount), "invitations").Dispose();
            Granted(_invitations.AttemptAcquire(ofDataset), "invitations").Dispose();
        }
    }

    /// <summary>Counts a change of an account's bookmarks.</summary>
    /// <exception cref="BudgetSpentException">There were too many.</exception>
    public void Bookmark(Guid account) =>
        Granted(_bookmarks.AttemptAcquire(new Holder($"account:{account}", 1)), "changes of bookmarks").Dispose();

    /// <summary>Counts a viewer.</summary>
    /// <returns>Dispose it when the viewer goes.</returns>
    /// <exception cref="BudgetSpentException">The account, link or address has too many already.</exception>
    public IDisposable Viewer(ClientKeys client)
    {
        var held = new Held();
        try
        {
            foreach (var holder in Holder.Of(client))
            {
                held.Add(Granted(_viewers.AttemptAcquire(holder), "open viewers"));
            }

            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(
        [_megapixels, _atOnce, _viewers, _signIns, _strokes, _bookmarks, _cells, _edits, _invitations], l => l.Dispose());

    private static int Permits(double megapixels) => Math.Max(1, (int)Math.Ceiling(megapixels * PermitsAMegapixel));

    private static RateLimitLease Granted(RateLimitLease lease, string what)
    {
        if (lease.IsAcquired)
        {
            return lease;
        }

        var after = lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : TimeSpan.FromSeconds(5);
        lease.Dispose();
        throw Spent(what, after);
    }

    private static BudgetSpentException Spent(string what, TimeSpan after, string whose = BudgetSpentException.Anybody)
    {
        LimitMetrics.Rejected("budget");
        return new BudgetSpentException(what, after, whose);
    }

    private static PartitionedRateLimiter<Holder> Of<T>(Func<Holder, T> limiter) where T : RateLimiter =>
        PartitionedRateLimiter.Create<Holder, Holder>(h => RateLimitPartition.Get(h, limiter));

    /// <summary>Whose budget, and how many times as large it is as an account's.</summary>
    private readonly record struct Holder(string Key, int Factor)
    {
        public static IEnumerable<Holder> Of(ClientKeys client)
        {
            if (client.Owner is { } owner)
            {
                yield return new Holder(owner, client.IsShared ? SharedFactor : 1);
            }

            yield return new Holder(client.Address, SharedFactor);
        }
    }

    private sealed class Held : List<RateLimitLease>, IDisposable
    {
        public void Dispose()
        {
            ForEach(l => l.Dispose());
            Clear();
        }
    }
}

/// <summary>Somebody asked for more than their account, link or address may have.</summary>
/// <param name="what">Of what there was too much.</param>
/// <param name="after">When to ask again.</param>
/// <param name="whose">Where they came from or went to.</param>
public sealed class BudgetSpentException(string what, TimeSpan after, string whose = BudgetSpentException.Anybody)
    : RetryLaterException($"Too many {what} {whose}; ask again in {Math.Max(1, (int)Math.Ceiling(after.TotalSeconds))} s.", after)
{
    /// <summary>Where most come from.</summary>
    internal const string Anybody = "from this account, link or address";
}
