using System.Text;
using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Tests.Analysis.Deciding;
using DendriteViewer.Web.Tests.Cell;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Tests.Hosting.Authorization;

/// <summary>What the scene's dataset holds, so that there is something of everything that can be asked for.</summary>
internal sealed class SceneContents(AuthorizationScene scene)
{
    /// <summary>Fills the dataset, and notes another one that was deleted.</summary>
    /// <returns>An impedance sweep among the files of the cell, and the name of a spectrum.</returns>
    public async Task<(Guid Sweep, string Spectrum)> FillAsync()
    {
        await ArchiveAsync();
        await AnalyseAsync();
        await DecideAsync();
        await PlaceAsync();
        return await FillCellAsync();
    }

    private Task<int> ArchiveAsync() => scene.Running.AskDatabaseAsync(async db =>
    {
        db.Datasets.Add(new DatasetRecord
        {
            Identity = scene.Archived.Value, DatasetId = "gone", Name = "Gone", SeenAt = 1, DeletedAt = 2,
        });
        var members = await db.Members.AsNoTracking().Where(m => m.DatasetIdentity == scene.Running.Identity.Value).ToListAsync();
        db.Members.AddRange(members.Select(
            m => new DatasetMember { DatasetIdentity = scene.Archived.Value, UserId = m.UserId, Role = m.Role }));
        return await db.SaveChangesAsync();
    });

    // Twice, with a stroke between, so that there are corrections of an earlier mask to take over.
    private async Task AnalyseAsync()
    {
        var store = scene.Service<DatasetStore>();
        foreach (var least in new[] { 2, 40 })
        {
            var recipe = new AnalysisRecipe { LeastLithiumVoxels = least, LeastVoidVoxels = 1 };
            var analysis = await ExperimentAnalysis.StartAsync(store, await scene.DatasetAsync(), recipe, null, default);
            var (result, labels) = await analysis.RunAsync(default);
            await new AnalysisStore(store).SaveAsync(result, labels, null, default);
            if (least == 2)
            {
                await scene.PaintAsync();
            }
        }
    }

    private async Task DecideAsync() => await new DecisionStore(scene.Service<DatasetStore>()).SaveAsync(
        await scene.DatasetAsync(), new AnalysisRecipe { Modality = "projection" }, DecisionTests.Example with { Hours = 2 }, default);

    // A scan of the first modality where it lies, which no page lets anybody place; but it has a version then.
    private async Task PlaceAsync()
    {
        var itself = new AffineTransform([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
        await new PlacementStore(scene.Service<DatasetStore>(), TimeProvider.System).SaveAsync(await scene.DatasetAsync(), new Placement
        {
            Key = new VolumeKey("projection", 2), Fixed = new VolumeKey("projection", 0), Start = PlacementStart.Landmarks,
            Model = PlacementModel.Affine, Matrix = itself, ToScan = itself,
        }, [], AuthorizationScene.Ada.Name, default);
    }

    private async Task<(Guid Sweep, string Spectrum)> FillCellAsync()
    {
        var desk = scene.Service<CellDesk>();
        var sweep = (await desk.AddAsync(scene.Running.Stored, CellFileKind.Impedance, "sweep.csv",
            new MemoryStream(Encoding.UTF8.GetBytes(CellApiTests.Sweep())), AuthorizationScene.Ada, default)).Id;
        await using var content = File.OpenRead(Path.Combine(scene.Running.Folder, "phantom", "xas", "S_after.xdi"));
        var spectrum = await desk.AddAsync(
            scene.Running.Stored, CellFileKind.Spectrum, "S_after.xdi", content, AuthorizationScene.Ada, default);
        return (sweep, CellSpectrum.NameOf(spectrum.Id, 0));
    }
}
