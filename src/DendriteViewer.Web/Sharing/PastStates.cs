using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations.Journal;
using Microsoft.AspNetCore.WebUtilities;

namespace DendriteViewer.Web.Sharing;

/// <summary>Opens datasets with their annotations as an entry of the journal left them, for members who annotate.</summary>
/// <param name="journal">The server's journal.</param>
public sealed class PastStates(EditJournal journal)
{
    /// <summary>Field of an address that names an entry of the dataset's journal.</summary>
    public const string Field = "revision";

    /// <summary>Whether an address asks for an earlier state.</summary>
    public static bool IsIn(string? query) => TextIn(query) is not null;

    /// <summary>The address of a dataset's viewer with the annotations as an entry left them.</summary>
    public static string AddressOf(DatasetId dataset, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"/d/{dataset}?{Field}={number}");

    /// <summary>
    /// The dataset as the address asks for it; null where what was overwritten and deleted is not open to whoever asks: that is for members
    /// who annotate, as the log is.
    /// </summary>
    /// <param name="grant">What they may do.</param>
    /// <param name="now">The dataset as it is.</param>
    /// <param name="query">The address's query, which names an entry.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ArgumentException">The journal has no such entry, or the address names none.</exception>
    public async Task<Dataset?> OpenAsync(DatasetGrant grant, Dataset now, string? query, CancellationToken ct)
    {
        if (!grant.SeesLog)
        {
            return null;
        }

        if (!long.TryParse(TextIn(query), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw new ArgumentException("The address asks for an earlier state (revision) and names no entry of the journal, as 812.");
        }

        var last = await journal.NumberAsync(now.Identity, ct);
        if (number > last)
        {
            throw new ArgumentException($"The dataset's journal has revisions 0 to {last}; there is no {number}.");
        }

        var entry = number == 0 ? null : (await journal.SinceAsync(now.Identity, number - 1, 1, ct)).FirstOrDefault();
        return now with { Kept = PastState.Of(now.Identity, number, entry) };
    }

    private static string? TextIn(string? query) =>
        QueryHelpers.ParseQuery(query ?? "").TryGetValue(Field, out var text) ? text.ToString() : null;
}
