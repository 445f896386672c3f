using System.Globalization;
using System.Security.Claims;
using DendriteViewer.Analysis.Nucleation;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Annotations;

/// <summary>The selected site and its fields.</summary>
public sealed partial class SiteDetails
{
    private string? _lack;
    private ClaimsPrincipal _user = new();

    /// <summary>The session that edits.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>The site.</summary>
    [Parameter, EditorRequired]
    public Site Site { get; set; } = null!;

    /// <summary>Whether the visitor may annotate.</summary>
    [Parameter]
    public bool MayEdit { get; set; }

    /// <summary>The dataset's labels and fields.</summary>
    [Parameter]
    public AnnotationSchema Schema { get; set; } = AnnotationSchema.Empty;

    /// <summary>The other sites that it can be joined with.</summary>
    [Parameter]
    public IReadOnlyList<Site> Sites { get; set; } = [];

    /// <summary>Its volumes through time, where the analysis has them.</summary>
    [Parameter]
    public IReadOnlyList<SiteVolume> Volumes { get; set; } = [];

    /// <summary>Called to delete the site.</summary>
    [Parameter]
    public EventCallback<Site> Delete { get; set; }

    /// <summary>Opens a thread of comments, or the panel of comments where the id is empty; null where the page has none.</summary>
    [CascadingParameter(Name = "OpenThread")]
    public Func<string, Task>? OpenThread { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    private SiteDesk Desk { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => _user = Authentication is null ? _user : (await Authentication).User;

    /// <inheritdoc/>
    protected override void OnParametersSet() => _lack = JudgedText.LackOf(Session.Dataset, Site);

    private string Key(string field) => $"{Session.Dataset.Identity.Value}/site/{Site.Id}/{field}";

    private Task<DraftOutcome> SaveLabel(string begun, string text) => text.Trim().Length == 0
        ? Task.FromResult(DraftOutcome.Refused("A site needs a label, so that it can be spoken of."))
        : Desk.SaveAsync(Session, _user, Site.Id, s => s.Label, begun, s => s with { Label = text });

    private Task<DraftOutcome> SaveNote(string begun, string text) =>
        Desk.SaveAsync(Session, _user, Site.Id, s => s.Note, begun, s => s with { Note = text });

    private Task<DraftOutcome> SaveValue(string field, string begun, FieldValue? value) => Desk.SaveAsync(
        Session, _user, Site.Id, s => s.Fields[field]?.ToString() ?? "", begun, s => s with { Fields = s.Fields.With(field, value) });

    private async Task<DraftOutcome> SaveRadiusAsync(string begun, string text)
    {
        var comma = text.Contains(',') && await Script.InvokeAsync<bool>("dendriteShell.hasDecimalComma");
        var (radius, refusal) = NumberText.Parse(text, SiteRules.RadiusUm, comma, whole: false);
        return refusal is not null
            ? DraftOutcome.Refused(refusal)
            : await Desk.SaveAsync(
                Session, _user, Site.Id, s => NumberText.Format(s.RadiusUm), begun, s => s with { RadiusUm = radius });
    }

    private static string Word(SiteStatus status) => status.ToString().ToLowerInvariant();

    private static string F(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
