using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Analysis.Nucleation;

/// <summary>A site's volume at one time.</summary>
/// <param name="Hours">Hours of plating.</param>
/// <param name="Um3">Volume, µm³.</param>
public readonly record struct SiteVolume(double Hours, double Um3);

/// <summary>Something that happened to a site.</summary>
/// <param name="Hours">When it was first seen.</param>
/// <param name="Kind">"merged": shares a piece with others; "split": is in several pieces; "lost": is not seen.</param>
/// <param name="With">The other sites, where it merged.</param>
public sealed record SiteEvent(double Hours, string Kind, IReadOnlyList<string> With);

/// <summary>A nucleation site: a piece of lithium with no lithium in its place one timestep before, followed through time.</summary>
/// <param name="Id">Its name, counted from 1 by birth, then depth.</param>
/// <param name="BornHours">The timestep at which it is first seen.</param>
/// <param name="CenterUm">Centroid at birth, z, y, x, µm.</param>
/// <param name="DepthUm">Depth of it, µm.</param>
/// <param name="RadiusUm">Radius of the sphere of its volume at birth, µm.</param>
/// <param name="NearestVoidUm">From its surface to that of the nearest pristine void, µm; null where there is none.</param>
/// <param name="NearestVoid">That void's id.</param>
/// <param name="NearestVoidDiameterUm">Its equivalent diameter, µm.</param>
/// <param name="Volumes">Its volume from birth on.</param>
/// <param name="Events">Merging, splitting, loss.</param>
public sealed record NucleationSite(
    string Id, double BornHours, double[] CenterUm, double DepthUm, double RadiusUm, double? NearestVoidUm,
    int? NearestVoid, double? NearestVoidDiameterUm, IReadOnlyList<SiteVolume> Volumes, IReadOnlyList<SiteEvent> Events);
