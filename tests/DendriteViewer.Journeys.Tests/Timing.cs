namespace DendriteViewer.Journeys.Tests;

/// <summary>What measures the time that things take runs by itself.</summary>
[CollectionDefinition(nameof(Timing), DisableParallelization = true)]
public sealed class Timing;
