using DendriteViewer.Journeys.Tests;
using DendriteViewer.Tests;

// Two at once: a journey waits for its browser most of the time, and no more than two cores are counted on.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
[assembly: TestCollectionOrderer("DendriteViewer.Tests.LongestFirst", "DendriteViewer.Journeys.Tests")]
[assembly: Longest(
    typeof(AccessibilityJourney), typeof(StartupJourney), typeof(ImpedanceJourney), typeof(JobsJourney), typeof(DeletionJourney),
    typeof(CollaborationJourney), typeof(LimitsJourney), typeof(SpectraJourney), typeof(CellJourney), typeof(SeriesJourney),
    typeof(AnalysisJourney), typeof(StoreJourney), typeof(PanesJourney), typeof(PlanesJourney), typeof(RenderingJourney),
    typeof(BackupJourney), typeof(ConnectionJourney), typeof(MaskJourney), typeof(ExportsJourney))]
