using DendriteViewer.Web.Absorption;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Administration;
using DendriteViewer.Web.Analysis;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Api;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Bookmarks;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Comments;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Embedding;
using DendriteViewer.Web.Exports;
using DendriteViewer.Web.Figures;
using DendriteViewer.Web.History;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Impedance;
using DendriteViewer.Web.Imports;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Mail;
using DendriteViewer.Web.Masks;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.Members;
using DendriteViewer.Web.Monitoring;
using DendriteViewer.Web.OpenId;
using DendriteViewer.Web.Placements;
using DendriteViewer.Web.Presence;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Servers;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Streaming;
using DendriteViewer.Web.Tokens;
using DendriteViewer.Web.Tours;
using DendriteViewer.Web.Uploads;
using DendriteViewer.Web.Viewing;
using DendriteViewer.Web.Visitors;

namespace DendriteViewer.Web;

/// <summary>The app's table of contents: what it is made of, and what a request passes.</summary>
public static class DendriteApp
{
    /// <summary>The whole app, not started; <see cref="DendriteHost.PrepareAsync"/> comes before the start.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="replace">Replaces services, in tests; null for none.</param>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? replace = null)
    {
        var builder = DendriteHost.CreateBuilder(args);
        builder
            .AddHosting()
            .AddData()
            .AddServers()
            .AddCompute()
            .AddLimits()
            .AddMonitoring()
            .AddAudit()
            .AddMail()
            .AddAccounts()
            .AddTokens()
            .AddOpenId()
            .AddMembers()
            .AddVisitors()
            .AddCatalog()
            .AddRegistry()
            .AddViewing()
            .AddStreaming()
            .AddPresence()
            .AddAnnotations()
            .AddMeasurements()
            .AddBookmarks()
            .AddTours()
            .AddComments()
            .AddHistory()
            .AddSharing()
            .AddEmbedding()
            .AddJobs()
            .AddImports()
            .AddAnalysis()
            .AddMasks()
            .AddPlacements()
            .AddCell()
            .AddImpedance()
            .AddAbsorption()
            .AddFigures()
            .AddExports()
            .AddUploads()
            .AddApi()
            .AddAdministration()
            .AddPages();

        replace?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseHosting();
        app.UseMonitoring();
        app.UsePages();
        app.UseAccounts();
        app.UseLimits();
        app.MapAccounts();
        app.MapOpenId();
        app.MapStreaming();
        app.MapAnnotations();
        app.MapMeasurements();
        app.MapBookmarks();
        app.MapComments();
        app.MapAnalysis();
        app.MapMasks();
        app.MapPlacements();
        app.MapCell();
        app.MapImpedance();
        app.MapAbsorption();
        app.MapFigures();
        app.MapExports();
        app.MapUploads();
        app.MapSharing();
        app.MapEmbedding();
        app.MapApi();
        app.MapRegistry();
        app.MapMonitoring();
        app.MapAdministration();
        app.MapPages();
        return app;
    }
}
