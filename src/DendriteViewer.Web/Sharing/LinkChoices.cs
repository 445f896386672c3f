namespace DendriteViewer.Web.Sharing;

/// <summary>What is chosen of a link beside its name, role and end.</summary>
/// <param name="Kind">Whether it shows what is there when it is opened, or what is there now.</param>
/// <param name="IsOneTime">Whether only the first who opens it gets in.</param>
/// <param name="EmbedOrigins">The sites that may show it in a frame; none for no site.</param>
public sealed record LinkChoices(LinkKind Kind = LinkKind.Following, bool IsOneTime = false, IReadOnlyList<string>? EmbedOrigins = null)
{
    /// <summary>Whether any site may show it in a frame.</summary>
    public bool MayEmbed => EmbedOrigins is { Count: > 0 };
}
