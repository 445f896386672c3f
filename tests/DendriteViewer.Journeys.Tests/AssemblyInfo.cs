// Two at once: a journey waits for its browser most of the time, and no more than two cores are counted on.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]

namespace DendriteViewer.Journeys.Tests
{
    /// <summary>What measures the time that things take runs by itself.</summary>
    [CollectionDefinition(nameof(Timing), DisableParallelization = true)]
    public sealed class Timing;
}
