using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace DendriteViewer.Web.Accounts;

/// <summary>
/// The colour of a person, the same in cursors, avatars and marks. Each of the twelve is seen on black and on white alike; none is near
/// amber, cyan, violet or red, which mean other things (void, lithium, the band, failure).
/// </summary>
public static class PersonColor
{
    /// <summary>The colours, #rrggbb.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "#2f9e4f", "#3b82e6", "#d9539d", "#86870f", "#c04fc4", "#1c957a", "#a8734a", "#74809c", "#5f9a1a", "#b56c8c", "#8b8781", "#6f9668",
    ];

    /// <summary>The colour of whoever has a key, #rrggbb; on every server the same.</summary>
    /// <param name="key">Key of an account or of a link's guest, as <see cref="Person.Key"/>.</param>
    public static string Of(string key) =>
        All[(int)(BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key))) % All.Count)];
}
