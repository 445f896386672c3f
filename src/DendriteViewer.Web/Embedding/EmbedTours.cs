using System.Net;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Tours;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Embedding;

/// <summary>
/// Tours in frames of other sites: <c>/embed/TOKEN?tour=ID</c>. The page has the whole tour, words and views, as its guest may see it,
/// since it has no circuit that could be asked for the next view; viewer/embedtour.js plays it.
/// </summary>
public sealed class EmbedTours(TourDesk desk, ViewSessions sessions, Budgets budgets, Failures failures)
{
    // As a table: every step's view is read from the scan that it shows.
    private const double TourMegapixels = 0.5;

    /// <summary>The tour that an address names, as the page's script reads it; null where it names none.</summary>
    /// <param name="guest">Who looks, by the link of the page.</param>
    /// <param name="from">The address that they look from.</param>
    /// <param name="shown">What they see.</param>
    /// <param name="query">The address's query.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>JSON: the tour, or a problem, one sentence.</returns>
    public async Task<string?> JsonAsync(
        ClaimsPrincipal guest, IPAddress? from, Dataset shown, string? query, CancellationToken ct)
    {
        if (!TourDesk.IsIn(query))
        {
            return null;
        }

        try
        {
            using var spent = await budgets.SpendAsync(ClientKeys.Of(guest, from), TourMegapixels, ct, "tours");
            var tour = await desk.Store.FindAsync(guest, shown.Identity, TourDesk.IdIn(query) ?? Guid.Empty, ct);
            var dataset = await sessions.ShownByAsync(shown, null, ct);
            var steps = new JsonArray();
            foreach (var step in tour.Content.Steps)
            {
                var view = await ViewOfAsync(dataset, step, ct);
                steps.Add(new JsonObject
                {
                    ["title"] = step.Title, ["text"] = step.Text, ["seconds"] = step.Seconds, ["view"] = JsonNode.Parse(view.View),
                    ["remarks"] = new JsonArray([.. view.Remarks.Select(r => (JsonNode)r.Text)]),
                });
            }

            return new JsonObject { ["title"] = tour.Content.Title, ["text"] = tour.Content.Text, ["steps"] = steps }.ToJsonString();
        }
        catch (Exception e) when (e is TourException or BudgetSpentException)
        {
            return JsonSerializer.Serialize(new { title = "Tour", text = "", problem = e.Message, steps = Array.Empty<object>() });
        }
    }

    // A step whose scan cannot be read has its words and says so; the view stays where it is, and the tour goes on.
    private async Task<TourView> ViewOfAsync(Dataset dataset, TourStep step, CancellationToken ct)
    {
        try
        {
            return await desk.ViewOfAsync(dataset, step, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new TourView("{}", [new LinkRemark("", failures.Tell(e))]);
        }
    }
}
