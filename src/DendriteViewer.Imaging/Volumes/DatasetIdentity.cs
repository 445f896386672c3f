using System.Text.RegularExpressions;

namespace DendriteViewer.Imaging.Volumes;

/// <summary>
/// Which dataset it is, whatever its id: made when it is first published, kept through every later import into it, and never used again. A
/// dataset that was deleted and imported again under the same id has another, so that nothing which belonged to the first is taken for the
/// second's.
/// </summary>
public readonly partial record struct DatasetIdentity
{
    private const string EarlierPrefix = "legacy-";
    private readonly string? _value;

    private DatasetIdentity(string value) => _value = value;

    /// <summary>
    /// The text: 32 hexadecimal digits, or <c>legacy-</c> and the id of a dataset that was published before there were identities.
    /// </summary>
    public string Value => _value ?? throw new InvalidOperationException("The dataset's identity was never set.");

    /// <summary>Whether the dataset was published by a version that gave none.</summary>
    public bool IsEarlier => Value.StartsWith(EarlierPrefix, StringComparison.Ordinal);

    /// <summary>Of a dataset that was published by a version that gave no identities, its id; else null.</summary>
    public string? EarlierId => IsEarlier ? Value[EarlierPrefix.Length..] : null;

    /// <summary>What the keys of everything begin with that caches keep of the dataset.</summary>
    public string CachePrefix => Value + "/";

    /// <summary>One that no dataset has had: 128 random bits.</summary>
    public static DatasetIdentity New() => new(Guid.NewGuid().ToString("N"));

    /// <summary>That of a dataset which was published before there were identities; kept when it is next written.</summary>
    public static DatasetIdentity Earlier(DatasetId id) => new(EarlierPrefix + id.Value);

    /// <summary>Reads an identity; false where the text is none.</summary>
    public static bool TryParse(string? text, out DatasetIdentity identity)
    {
        var ok = text is not null && Pattern().IsMatch(text);
        identity = ok ? new DatasetIdentity(text!) : default;
        return ok;
    }

    /// <summary>
    /// That of a stored dataset. One whose folder somebody copied under another id has the original's manifest, and is another dataset.
    /// </summary>
    public static DatasetIdentity Of(DatasetId id, DatasetManifest stored) =>
        stored.Id == id.Value && TryParse(stored.Identity, out var identity) ? identity : Earlier(id);

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex("^(?:[0-9a-f]{32}|legacy-[a-z0-9-]{1,64})$")]
    private static partial Regex Pattern();
}
