namespace DendriteViewer.Analysis.Segmentation;

/// <summary>What the values of the pristine scan are like.</summary>
/// <param name="Least">Value at which the bins begin.</param>
/// <param name="Most">Value at which they end.</param>
/// <param name="Bins">How often values occur in the electrolyte.</param>
/// <param name="ElectrodeMedian">Median value of the electrode, NaN where none is seen.</param>
/// <param name="ElectrolyteMedian">Median value of the electrolyte.</param>
/// <param name="NoiseWidth">Standard deviation of the noise, from the differences of neighbours.</param>
/// <param name="Electrolyte">Its volume by depth.</param>
public sealed record ScanStatistics(
    double Least, double Most, long[] Bins, double ElectrodeMedian, double ElectrolyteMedian, double NoiseWidth,
    DepthHistogram Electrolyte);
