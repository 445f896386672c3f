using System.Security.Claims;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations.Exchange;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using MudBlazor;

namespace DendriteViewer.Web.Annotations;

/// <summary>Brings sites in from a file: shows what it would do, and does it when the person has seen that.</summary>
public sealed partial class SiteImportDialog
{
    private ImportChoice _choice = new();
    private ReadMarks? _lines;
    private ImportReport? _report;
    private string? _name;
    private string? _failure;
    private bool _isReading;

    /// <summary>The session of the dataset.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>Who brings the file in.</summary>
    [Parameter, EditorRequired]
    public ClaimsPrincipal User { get; set; } = null!;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    [Inject]
    private SiteDesk Desk { get; set; } = null!;

    [Inject]
    private ExchangeDesk Files { get; set; } = null!;

    // Of what does not say its scan: the one that is shown.
    private DefaultScan Scan => new(Session.Current.View.Hours, Session.Current.View.Modality);

    private string Noun => _lines?.Marks.Any(m => m.Drawn is not null) == true ? "item" : "site";

    private bool MayApply => !_isReading && _report is { IsChange: true } r && (r.Wrong == 0 || _choice.SkipWrong);

    // Virtualize wants a collection that it may index.
    private List<ImportLine> Lines => [.. _report?.Lines ?? []];

    private string ApplyText => _report is { } r && r.Added + r.Changed > 0
        ? r.Added + r.Changed == 1 ? $"Import 1 {Noun}" : $"Import {r.Added + r.Changed} {Noun}s"
        : "Import";

    private async Task ReadAsync(IBrowserFile? file)
    {
        (_lines, _report, _failure, _name) = (null, null, null, file?.Name);
        if (file is null)
        {
            return;
        }

        if (file.Size > SiteFiles.MostBytes)
        {
            _failure = $"{file.Name} has {file.Size >> 20} MiB, and {SiteFiles.MostBytes >> 20} MiB fit; divide it.";
            return;
        }

        _isReading = true;
        StateHasChanged();
        _failure = await Desk.TryAsync(Session, User, async (_, _) =>
        {
            using var reader = new StreamReader(file.OpenReadStream(SiteFiles.MostBytes));
            _lines = AnnotationFiles.Read(await reader.ReadToEndAsync(), file.Name, Scan);
        }, count: 0);
        _isReading = false;
        await PreviewAsync();
    }

    private Task ChooseAsync(ImportChoice choice)
    {
        _choice = choice;
        return PreviewAsync();
    }

    private async Task PreviewAsync()
    {
        if (_lines is { } lines)
        {
            _failure = await Desk.TryAsync(Session, User, async (_, by) =>
                _report = await Files.PreviewAsync(await OrderAsync(), lines, by.Person, default));
        }
    }

    private async Task ApplyAsync()
    {
        _failure = await Desk.TryAsync(Session, User, async (_, by) =>
            _report = await Files.ImportAsync(await OrderAsync(), _lines!, by, default), _lines!.Edits);
        if (_failure is null && _report!.Applied)
        {
            Dialog.Close(DialogResult.Ok(_report));
        }
    }

    private async Task<ImportOrder> OrderAsync() =>
        new(Session.Dataset, _choice, Scan, await Desk.RoleAsync(Session, User) >= DatasetRole.Curate);

    private static IEnumerable<(int Count, string Word)> Counted(ImportReport r) =>
        [(r.Added, "added"), (r.Changed, "changed"), (r.Unchanged, "unchanged"), (r.Skipped, "skipped"), (r.Wrong, "wrong")];

    private static string SkipText(int wrong) =>
        $"Leave out {(wrong == 1 ? "the wrong line" : $"the {wrong} wrong lines")}, and take the others";

    private static string Word(ImportOutcome outcome) => outcome.ToString().ToLowerInvariant();
}
