namespace DendriteViewer.Analysis.Experiments;

/// <summary>How far an analysis is.</summary>
/// <param name="Doing">What is being done.</param>
/// <param name="Part">0 to 1.</param>
public readonly record struct AnalysisProgress(string Doing, double Part);
