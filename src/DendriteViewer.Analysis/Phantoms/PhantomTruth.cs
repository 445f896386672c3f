using System.Globalization;

namespace DendriteViewer.Analysis.Phantoms;

/// <summary>Numbers of truth.json.</summary>
internal static class PhantomTruth
{
    /// <summary>A number to nine digits.</summary>
    public static double Nine(double value) =>
        double.Parse(value.ToString("G9", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
