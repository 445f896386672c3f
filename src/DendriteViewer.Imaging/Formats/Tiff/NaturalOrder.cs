namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>Text order in which runs of digits count as numbers.</summary>
internal sealed class NaturalOrder : IComparer<string?>
{
    public static readonly NaturalOrder Instance = new();

    public int Compare(string? a, string? b)
    {
        ReadOnlySpan<char> x = a ?? "", y = b ?? "";
        while (x.Length > 0 && y.Length > 0)
        {
            int nx = Digits(x), ny = Digits(y);
            if (nx > 0 && ny > 0)
            {
                ReadOnlySpan<char> dx = x[..nx].TrimStart('0'), dy = y[..ny].TrimStart('0');
                var order = dx.Length != dy.Length ? dx.Length - dy.Length : dx.SequenceCompareTo(dy);
                if (order != 0)
                {
                    return order;
                }

                x = x[nx..];
                y = y[ny..];
                continue;
            }

            if (x[0] != y[0])
            {
                return x[0] - y[0];
            }

            x = x[1..];
            y = y[1..];
        }

        return x.Length != y.Length ? x.Length - y.Length : string.CompareOrdinal(a, b);
    }

    private static int Digits(ReadOnlySpan<char> s)
    {
        var n = s.IndexOfAnyExceptInRange('0', '9');
        return n < 0 ? s.Length : n;
    }
}
