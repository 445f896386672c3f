using MudBlazor;

namespace DendriteViewer.Web.Sharing;

/// <summary>
/// What is asked before a link is revoked, wherever that is done: a state that is removed cannot be had again, and its address may stand
/// in print.
/// </summary>
internal static class RevokeQuestion
{
    /// <summary>Whether somebody means it: asked of frozen links; of others the answer is yes.</summary>
    public static async Task<bool> AskAsync(IDialogService dialogs, ShareLink link) =>
        link.Kind != LinkKind.Frozen || await dialogs.ShowMessageBoxAsync($"Revoke “{link.Name}”?",
            "The state goes with it; who cited it finds nothing.", yesText: "Revoke it", cancelText: "Keep it") == true;
}
