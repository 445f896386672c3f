using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>From voxel values to the ray caster's 16 bits and back: the volume's range fills 0–65535.</summary>
public readonly record struct ValueMap(double Least, double Most)
{
    /// <summary>The map of a volume.</summary>
    public static ValueMap Of(VolumeInfo volume) => new(volume.Least, volume.Most > volume.Least ? volume.Most : volume.Least + 1);

    /// <summary>Sixteen-bit value of a voxel value, not rounded, not clamped.</summary>
    public double ToRay(double value) => (value - Least) * (65535 / (Most - Least));

    /// <summary>Voxel value of a sixteen-bit value.</summary>
    public double FromRay(double value) => Least + value * ((Most - Least) / 65535);
}
