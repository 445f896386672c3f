using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Analysis;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Api;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Exports;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Streaming;
using DendriteViewer.Web.Uploads;
using DendriteViewer.Web.Viewing;
using DendriteViewer.Web;

var builder = DendriteHost.CreateBuilder(args);
builder
    .AddData()
    .AddCompute()
    .AddAccounts()
    .AddCatalog()
    .AddRegistry()
    .AddViewing()
    .AddStreaming()
    .AddAnnotations()
    .AddSharing()
    .AddJobs()
    .AddAnalysis()
    .AddExports()
    .AddUploads()
    .AddApi()
    .AddPages();

var app = builder.Build();
if (!await app.TryPrepareAsync())
{
    return 1;
}

app.UsePages();
app.UseAccounts();
app.MapAccounts();
app.MapStreaming();
app.MapAnnotations();
app.MapAnalysis();
app.MapExports();
app.MapUploads();
app.MapSharing();
app.MapApi();
app.MapRegistry();
app.MapPages();
await app.RunAsync();
return 0;
