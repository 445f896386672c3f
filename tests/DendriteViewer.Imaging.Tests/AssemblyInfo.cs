using DendriteViewer.Imaging.Tests.Formats;
using DendriteViewer.Imaging.Tests.Importing;
using DendriteViewer.Imaging.Tests.Measuring;
using DendriteViewer.Imaging.Tests.Rendering;
using DendriteViewer.Tests;

[assembly: TestCollectionOrderer("DendriteViewer.Tests.LongestFirst", "DendriteViewer.Imaging.Tests")]
[assembly: Longest(
    typeof(FaultTests), typeof(Hdf5HeaderTests), typeof(KillTests), typeof(Hdf5FileTests), typeof(RegionMeasurerTests),
    typeof(LinkedVolumeTests), typeof(RenderDevicesTests), typeof(ConformanceTableTests))]
