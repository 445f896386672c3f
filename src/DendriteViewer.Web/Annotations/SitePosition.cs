namespace DendriteViewer.Web.Annotations;

/// <summary>
/// Where a site is at another time than the one it was marked in. The site itself is its position at its own hours; with these it is a
/// chain through time.
/// </summary>
public sealed record SitePosition
{
    /// <summary>Hours of the timestep; no two positions of a site have the same.</summary>
    public double Hours { get; init; }

    /// <summary>Position along z, µm.</summary>
    public double ZUm { get; init; }

    /// <summary>Position along y, µm.</summary>
    public double YUm { get; init; }

    /// <summary>Position along x, µm.</summary>
    public double XUm { get; init; }

    /// <summary>Distance from the interface, µm; the server computes it.</summary>
    public double DepthUm { get; init; }
}
