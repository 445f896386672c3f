using System.Net;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Components.Shell;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Embedding;

/// <summary>
/// The viewer for a frame of another site: panes, timeline and readouts of a link's view, without bar, panels and circuit. The page has no
/// cookie; its script shows the ticket that stands in it to the frame hub.
/// </summary>
public sealed class EmbedPage(
    ShareLinks links, FrozenStates states, DatasetCatalog catalog, EmbedTickets tickets, EmbedTours tours, DendriteOptions options)
{
    private const string Panes = """
        <section class="pane" data-pane="0" aria-label="Slice across z" tabindex="0"></section>
        <section class="pane" data-pane="3" aria-label="3D picture" tabindex="0"></section>
        <section class="pane" data-pane="1" aria-label="Slice across y" tabindex="0"></section>
        <section class="pane" data-pane="2" aria-label="Slice across x" tabindex="0"></section>
        <section class="pane other" data-other="0" aria-label="Slice across z at the other timestep"></section>
        <section class="pane other" data-other="3" aria-label="3D picture at the other timestep"></section>
        <section class="pane other" data-other="1" aria-label="Slice across y at the other timestep"></section>
        <section class="pane other" data-other="2" aria-label="Slice across x at the other timestep"></section>
        """;

    /// <summary>The path of the page of a link.</summary>
    public static string PathOf(string token) => "/embed/" + token;

    /// <summary>Answers with the page, in frames of the sites that both the link and the configuration name.</summary>
    public async Task<IResult> AnswerAsync(string token, HttpContext context, CancellationToken ct)
    {
        var origins = (await links.OriginsAsync(token, ct)).Where(options.EmbedOrigins.Contains).ToArray();
        if (origins.Length == 0)
        {
            return Results.Redirect("/gone");
        }

        SecurityHeaders.AllowFrames(context, origins);
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers.CacheControl = "no-store";
        var link = await links.FindAsync(token, ct);
        if (link is null || !DatasetId.TryParse(link.DatasetId, out var id)
            || await catalog.TryOpenAsync(id, ct) is not { } dataset || dataset.Identity.Value != link.DatasetIdentity
            || (link.Kind == LinkKind.Frozen ? await states.OpenAsync(link.Id, dataset, ct) : dataset) is not { } shown)
        {
            return Html(
                "<main class=\"notice\"><h1>This view is not open any more</h1><p>Ask whoever runs this page for a new link.</p></main>");
        }

        await links.CountAsync(link.Id, ct);
        var name = "Guest of " + link.Name;
        var tour = await tours.JsonAsync(
            EmbedTickets.GuestOf(link.Id, Guid.NewGuid(), name), context.Connection.RemoteIpAddress, shown,
            context.Request.QueryString.Value, ct);
        return Html(Viewer(token, link, shown, tickets.Issue(link.Id, name, origins), tour), isViewer: true);
    }

    private static string Viewer(string token, ShareLink link, Dataset dataset, string ticket, string? tour)
    {
        var volumes = dataset.Volumes.Select(v => v.Key.Hours).Distinct().Count();
        var time = dataset.Manifest.Series.Any(s => s.Kind == "voltage") ? "" : volumes > 1 ? "plain" : "single";
        var mark = dataset.Kept is FrozenState frozen
            ? $"<span class=\"embed-frozen\" title=\"{Text(string.Join(' ', frozen.Lost.Prepend(frozen.Moment.Text + ".")))}\">"
                + $"frozen · {Text(frozen.Moment.Text)}"
                + $"{(frozen.Lost.Count > 0 ? ", in part" : "")}</span>" : "";
        var plays = tour is null ? "" : $" data-tour=\"{Text(tour)}\"";
        return $"""
            <div class="viewer embedded" id="viewer" data-session="{ViewSessions.NewId()}" data-dataset="{Text(dataset.Id.Value)}"
              data-ticket="{Text(ticket)}" data-view="{Text(FrozenLinks.QueryOf(link))}"{plays}>
            <header class="embed-bar"><h1 class="title">{Text(dataset.Name)}</h1>{mark}
              <span class="state" id="state" role="status" aria-live="polite">connecting</span><span id="here" hidden></span>
              <a class="embed-open" href="/s/{Text(token)}" target="_blank" rel="noopener">Open in DendriteViewer</a></header>
            <main class="panes" id="panes">{Panes}</main>
            <section class="timeline {time}" id="timeline" aria-label="Timesteps"></section>
            <footer class="status" id="status"></footer></div>
            """;
    }

    private static IResult Html(string body, bool isViewer = false)
    {
        // The first script stands in for the storage that a browser keeps from frames, before any other asks for it.
        var script = isViewer ? $"<script type=\"module\" src=\"{VersionedAssets.AddressOf("lib/viewer/embed.js")}\"></script>" : "";
        return Results.Content($"""
            <!doctype html><html lang="en" data-theme="dark" data-embed><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1"><title>DendriteViewer</title><base href="/">
            <script src="{VersionedAssets.AddressOf("viewer/framestorage.js")}"></script>
            <script src="{VersionedAssets.AddressOf("shell.js")}"></script>
            <link rel="stylesheet" href="{ThemeStyles.Address}">
            <link rel="stylesheet" href="{VersionedAssets.AddressOf("_content/MudBlazor/MudBlazor.min.css")}">
            <link rel="stylesheet" href="{VersionedAssets.AddressOf("lib/pages.css")}">
            <link rel="stylesheet" href="{VersionedAssets.AddressOf("viewer/embed.css")}"></head>
            <body>{body}{script}</body></html>
            """, "text/html; charset=utf-8");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
