namespace DendriteViewer.LoadTests;

/// <summary>Times that were measured, from several threads.</summary>
internal sealed class Samples
{
    private readonly Lock _lock = new();
    private readonly List<double> _ms = [];

    public void Add(TimeSpan time)
    {
        lock (_lock)
        {
            _ms.Add(time.TotalMilliseconds);
        }
    }

    public void Clear() => Take();

    public double[] Take()
    {
        lock (_lock)
        {
            double[] taken = [.. _ms];
            _ms.Clear();
            return taken;
        }
    }
}

/// <summary>What times amount to, in milliseconds.</summary>
internal sealed record Latencies(int Count, double Median, double P95, double Most)
{
    public static Latencies Of(IEnumerable<double> ms)
    {
        double[] sorted = [.. ms.Order()];
        return sorted.Length == 0
            ? new Latencies(0, double.NaN, double.NaN, double.NaN)
            : new Latencies(sorted.Length, At(0.5), At(0.95), sorted[^1]);

        double At(double share) => sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}
