namespace DendriteViewer.Web.Annotations;

/// <summary>Order of names as people count: N2 before N10.</summary>
internal static class NaturalOrder
{
    /// <summary>Compares two names; digits that follow one another are one number.</summary>
    public static int Compare(string? left, string? right)
    {
        var a = left.AsSpan();
        var b = right.AsSpan();
        while (a.Length > 0 && b.Length > 0)
        {
            var (x, y) = (Digits(a), Digits(b));
            int order;
            if (x > 0 && y > 0)
            {
                var n = a[..x].TrimStart('0');
                var m = b[..y].TrimStart('0');
                order = n.Length != m.Length ? n.Length - m.Length : n.SequenceCompareTo(m);
                a = a[x..];
                b = b[y..];
            }
            else
            {
                order = char.ToUpperInvariant(a[0]).CompareTo(char.ToUpperInvariant(b[0]));
                a = a[1..];
                b = b[1..];
            }

            if (order != 0)
            {
                return order;
            }
        }

        return a.Length != b.Length ? a.Length - b.Length : string.CompareOrdinal(left, right);
    }

    private static int Digits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : text.Length;
}
