using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Importing;

/// <summary>Which addresses may be imported from.</summary>
public static class ImportAddresses
{
    /// <summary>Gives an address back that lies below one of some, or refuses it.</summary>
    /// <param name="address">http://…, https://… or blob:….</param>
    /// <param name="open">Beginnings of addresses; null for any.</param>
    /// <exception cref="VolumeFormatException">It lies below none.</exception>
    public static string Admit(string address, IReadOnlyList<string>? open) => open is null || open.Any(o => IsBelow(address, o))
        ? address
        : throw new VolumeFormatException($"{address} is not below an address to import from ({(open.Count == 0 ? "none is open; Dendrite:ImportAddresses names them" : string.Join(", ", open))}).");

    // Addresses as a server is asked for them: a host is compared whole, and .. is gone.
    private static bool IsBelow(string address, string open)
    {
        if (address.StartsWith("blob:", StringComparison.Ordinal) || open.StartsWith("blob:", StringComparison.Ordinal))
        {
            return address.StartsWith(open, StringComparison.Ordinal) && !address.Split('/').Contains("..");
        }

        return Uri.TryCreate(address, UriKind.Absolute, out var a) && Uri.TryCreate(open, UriKind.Absolute, out var o)
            && a.Scheme == o.Scheme && a.Authority == o.Authority && a.UserInfo.Length == 0
            && (a.AbsolutePath.TrimEnd('/') + "/").StartsWith(o.AbsolutePath.TrimEnd('/') + "/", StringComparison.Ordinal);
    }
}
