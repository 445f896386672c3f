using Bunit;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Analysis;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Comments;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.Placements;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Tests.Viewing;

/// <summary>The panels beside the panes, without what they hold.</summary>
public sealed class PanelDockTests(TestHost host) : MudContext, IClassFixture<TestHost>
{
    // When a page was closed, its tabs went one after another, and each wrote a stack trace into the server's log.
    [Fact]
    public async Task Tab_ThatIsChosenWhereThePageIsGone_IsForgottenWithoutAnError()
    {
        var dock = await RenderAsync();
        var call = JSInterop.SetupVoid("dendriteShell.rememberTab", _ => true);
        await dock.FindAll("[role=tab]")[1].ClickAsync(new());
        Assert.Equal("sites", call.Invocations.Single().Arguments[0]);
        call.SetException(new JSDisconnectedException("The circuit has ended."));
        await dock.FindAll("[role=tab]")[2].ClickAsync(new());
        Assert.Equal(2, call.Invocations.Count);
        await dock.FindAll("[role=tab]")[3].ClickAsync(new());
        Assert.Equal(2, call.Invocations.Count);
    }

    private async Task<IRenderedComponent<PanelDock>> RenderAsync()
    {
        Services.AddSingleton(new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
        ComponentFactories.AddStub<DisplayPanel>();
        ComponentFactories.AddStub<SitesPanel>();
        ComponentFactories.AddStub<MeasurePanel>();
        ComponentFactories.AddStub<AnalysisPanel>();
        ComponentFactories.AddStub<PlacementPanel>();
        ComponentFactories.AddStub<CellPanel>();
        ComponentFactories.AddStub<CommentsTab>();
        ComponentFactories.AddStub<CommentsPanel>();
        var session = await host.SessionAsync();
        _ = Popovers;
        return Render<PanelDock>(p => p.Add(d => d.Session, session).Add(d => d.Role, DatasetRole.Own)
            .Add(d => d.Person, new Person("ada", "Ada")).Add(d => d.First, "display"));
    }
}
