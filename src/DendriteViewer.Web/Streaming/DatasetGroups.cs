using DendriteViewer.Imaging.Volumes;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Streaming;

/// <summary>
/// The hub's groups of those who look at a dataset. A backplane carries what is sent to them from one server to all. A connection is in
/// <see cref="Everybody"/> and in one of the two others, from its join until it ends; where somebody's right to see names ends, their
/// connection is ended and they join again as one who sees none. A page that is embedded in another site is
/// in <see cref="Journal"/> alone.
/// </summary>
public static class DatasetGroups
{
    /// <summary>All who look at the dataset.</summary>
    public static string Everybody(DatasetIdentity dataset) => $"dataset:{dataset.Value}";

    /// <summary>Those of them who see the names of those who work with it.</summary>
    public static string WithNames(DatasetIdentity dataset) => $"names:{dataset.Value}";

    /// <summary>Those of them who see no names: guests who may only look.</summary>
    public static string WithoutNames(DatasetIdentity dataset) => $"nameless:{dataset.Value}";

    /// <summary>
    /// Those who follow the dataset's journal, by whether they see names: all but those who look at a state that a frozen link keeps.
    /// </summary>
    public static string Journal(DatasetIdentity dataset, bool seesNames) => $"journal{(seesNames ? "" : "-nameless")}:{dataset.Value}";

    /// <summary>Puts a connection into the groups of a dataset.</summary>
    internal static async Task EnterAsync(
        this IGroupManager groups, string connection, DatasetIdentity dataset, bool seesNames, CancellationToken ct)
    {
        await groups.AddToGroupAsync(connection, Everybody(dataset), ct);
        await groups.AddToGroupAsync(connection, seesNames ? WithNames(dataset) : WithoutNames(dataset), ct);
    }

    /// <summary>Takes a connection out of the groups of a dataset that it leaves for another, or joins anew.</summary>
    internal static async Task LeaveAsync(this IGroupManager groups, string connection, DatasetIdentity dataset, CancellationToken ct)
    {
        string[] all =
            [Everybody(dataset), WithNames(dataset), WithoutNames(dataset), Journal(dataset, true), Journal(dataset, false)];
        foreach (var group in all)
        {
            await groups.RemoveFromGroupAsync(connection, group, ct);
        }
    }
}
