using System.Globalization;

namespace DendriteViewer.Web.Components;

/// <summary>Numbers of bytes as people read them.</summary>
public static class ByteSize
{
    /// <summary>With a unit, decimal as disks are sold: 3.2 GB.</summary>
    public static string Text(long bytes) => bytes switch
    {
        >= 1_000_000_000_000 => Text(bytes / 1e12, "0.0", "TB"),
        >= 1_000_000_000 => Text(bytes / 1e9, "0.0", "GB"),
        >= 1_000_000 => Text(bytes / 1e6, "0", "MB"),
        >= 1_000 => Text(bytes / 1e3, "0", "kB"),
        _ => Text(bytes, "0", "bytes"),
    };

    private static string Text(double value, string format, string unit) =>
        value.ToString(format, CultureInfo.InvariantCulture) + " " + unit;
}
