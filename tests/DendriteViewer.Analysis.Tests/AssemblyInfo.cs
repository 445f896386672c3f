using DendriteViewer.Analysis.Tests.Absorption.Files;
using DendriteViewer.Analysis.Tests.Experiments;
using DendriteViewer.Analysis.Tests.Impedance.Fitting;
using DendriteViewer.Analysis.Tests.Outline;
using DendriteViewer.Analysis.Tests.TimeSeries.Cyclers;
using DendriteViewer.Tests;

[assembly: TestCollectionOrderer("DendriteViewer.Tests.LongestFirst", "DendriteViewer.Analysis.Tests")]
[assembly: Longest(
    typeof(ExperimentAnalysisTests), typeof(CircuitFitTests), typeof(OutlineFinderTests), typeof(SpectrumFuzzTests),
    typeof(OutlineSearchTests), typeof(CyclerFuzzTests))]
