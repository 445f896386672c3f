using System.Globalization;
using DendriteViewer.Analysis.Lithium;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Analysis.Nucleation;
using DendriteViewer.Analysis.Registration;
using DendriteViewer.Analysis.Segmentation;
using DendriteViewer.Analysis.Uncertainties;
using DendriteViewer.Analysis.Voids;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Labelling;
using DendriteViewer.Kernels.Masks;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Experiments;

/// <summary>
/// The paper's analysis of one dataset: voids of the pristine scan, and what is dark later and was not a void, as lithium. Steps are
/// done when they are asked for, each once.
/// </summary>
public sealed class ExperimentAnalysis
{
    private readonly DatasetStore _store;
    private readonly Dataset _dataset;
    private readonly AnalysisRecipe _recipe;
    private readonly IProgress<AnalysisProgress>? _progress;
    private readonly VolumeInfo[] _scans;
    private readonly ElectrolyteRegion _region;
    private readonly Segmenter _segmenter;
    private readonly ScanStatistics _statistics;
    private readonly double[] _thresholds;
    private readonly string _how;
    private readonly Dictionary<VolumeKey, BitVolume[]> _dark = [];
    private readonly Dictionary<double, PhaseContrast?> _phases = [];
    private Registrar? _registrar;
    private bool _isWithoutCharge;

    private ExperimentAnalysis(
        DatasetStore store, Dataset dataset, AnalysisRecipe recipe, IProgress<AnalysisProgress>? progress, VolumeInfo[] scans, ElectrolyteRegion region,
        Segmenter segmenter, ScanStatistics statistics, (double Threshold, string How) threshold)
    {
        (_store, _dataset, _recipe, _progress, _scans, _region, _segmenter, _statistics) = (store, dataset, recipe, progress, scans, region, segmenter, statistics);
        _how = threshold.How;
        _thresholds = [threshold.Threshold, threshold.Threshold - statistics.NoiseWidth, threshold.Threshold + statistics.NoiseWidth];
    }

    /// <summary>The threshold used.</summary>
    public double Threshold => _thresholds[0];

    /// <summary>What the pristine scan's values are like.</summary>
    public ScanStatistics Statistics => _statistics;

    /// <summary>Hours of the scans, ascending.</summary>
    public IReadOnlyList<double> Hours => _scans.Select(s => s.Key.Hours).ToArray();

    /// <summary>What a reader of any number of this dataset should know; a whole analysis adds what it learned on the way.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            var warnings = new List<string>();
            if (OutlineSearch.WarningOf(_dataset.Manifest.Cell) is { } outline)
            {
                warnings.Add(outline);
            }

            if (InterfaceWarning is { } interfaceWarning)
            {
                warnings.Add(interfaceWarning);
            }

            if (!(Threshold > Pristine.Least) || !(Threshold < Pristine.Most))
            {
                warnings.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The threshold {Threshold:0.####} lies outside of the scan's values, {Pristine.Least:0.####} to {Pristine.Most:0.####}: ")
                    + (Threshold < Pristine.Most ? "nothing is darker." : "everything is darker."));
            }

            if (Pristine.Key.Hours > 0)
            {
                warnings.Add(
                    $"The first scan is of {Pristine.Key.Hours:0.##} h: it stands in for the pristine one, "
                    + "and what became dark before it counts as void.");
            }

            return warnings;
        }
    }

    // Where depth begins was not said, or lies where the scan shows nothing of it.
    private string? InterfaceWarning
    {
        get
        {
            var depth = _dataset.Depth;
            var axis = depth.Axis.ToString().ToLowerInvariant();
            if (depth.Surface is null && _dataset.Manifest.Depth?.InterfaceUm is null)
            {
                return $"dataset.json gives no depth.interfaceUm: depths are measured from {axis} = 0 µm, and all of the scan counts "
                    + "as electrolyte.";
            }

            var (low, high) = Pristine.Bounds;
            var ((from, _, _), (to, _, _)) =
                (InterfaceSurface.Split(depth.Axis, low.Z, low.Y, low.X), InterfaceSurface.Split(depth.Axis, high.Z, high.Y, high.X));
            return depth.Surface is not null || (depth.InterfaceUm >= from && depth.InterfaceUm <= to)
                ? null
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"The interface at {depth.InterfaceUm:0.##} µm lies outside of the scan, {from:0.##} to {to:0.##} µm on {axis}: ")
                    + "all of the scan counts as electrolyte.";
        }
    }

    /// <summary>Looks at the pristine scan and chooses the threshold.</summary>
    /// <exception cref="VolumeFormatException">The dataset has no such scans, or the recipe does not suit them.</exception>
    public static async Task<ExperimentAnalysis> StartAsync(
        DatasetStore store, Dataset dataset, AnalysisRecipe recipe, IProgress<AnalysisProgress>? progress, CancellationToken ct)
    {
        recipe.Check();
        if (dataset.Volumes.Count == 0)
        {
            throw new VolumeFormatException($"{dataset.Id} has no scans to analyse; import some.");
        }

        var modality = recipe.Modality.Length > 0 ? recipe.Modality : dataset.Manifest.Volumes.First(v => v.Labels != true).Modality;
        var scans = dataset.Volumes.Where(v => v.Key.Modality == modality).OrderBy(v => v.Key.Hours)
            .Select(v => v with { Transform = v.ScannedTransform }).ToArray();
        if (scans.Length == 0)
        {
            throw new VolumeFormatException($"{dataset.Id} has no {modality} scans; it has {string.Join(", ", dataset.Modalities)}.");
        }

        progress?.Report(new AnalysisProgress("electrolyte", 0));
        if (OutlineSearch.IsDue(dataset.Manifest))
        {
            // Imported before every dataset was searched for its outline.
            var searched = await OutlineSearch.RunAsync(new ScanAnalysis(), store, dataset, ct);
            dataset = Dataset.Of(dataset.Id, searched) with { Volumes = dataset.Volumes };
        }

        var region = new ElectrolyteRegion(scans[0].Shape, scans[0].Transform, dataset.Depth, dataset.Outline);
        var segmenter = new Segmenter(store, scans[0], region, recipe with { Modality = modality });
        if (segmenter.Judged.Count == 0)
        {
            throw new VolumeFormatException($"{dataset.Id} has no electrolyte in view: its interface lies at {dataset.Depth.InterfaceUm:0.##} µm; correct depth.interfaceUm.");
        }

        var statistics = await segmenter.StatisticsAsync(ct);
        return new ExperimentAnalysis(store, dataset, recipe with { Modality = modality }, progress, scans, region, segmenter, statistics, segmenter.ThresholdOf(statistics));
    }

    /// <summary>Voids of a scan; of the pristine one where no hours are given.</summary>
    public async Task<(VoidFindings Findings, Components Labels)> VoidsAsync(double? hours, CancellationToken ct)
    {
        var scan = ScanAt(hours ?? _scans[0].Key.Hours);
        var registration = await RegisterAsync(scan, ct);
        var dark = await DarkAsync(scan, registration, ct);
        Report("voids", 0.5);
        var strict = await StrictAsync(scan, registration, ct);
        var sets = dark.Select(d => _segmenter.Clean(d, strict, _recipe.LeastVoidVoxels)).ToArray();
        ct.ThrowIfCancellationRequested();
        var components = ComponentLabeller.Label(sets[0], StructuringElement.OfNeighbours(_recipe.Neighbours));
        var size = Pristine.VoxelSize;
        var surfaces = SurfaceAreas.Of(components, size.Z, size.Y, size.X);
        var records = new VoidRecord[components.Count];
        for (var l = 1; l <= records.Length; l++)
        {
            records[l - 1] = VoidRecord.Of(l, components.Regions[l - 1], surfaces[l - 1], Pristine.Transform, _dataset.Depth, _region.VoxelUm3);
        }

        // Numbered by depth, so that the voids of any depth bin are one range of labels.
        var rank = new int[components.Count];
        records = records.OrderBy(r => r.DepthUm).Select((r, i) =>
        {
            rank[r.Id - 1] = i + 1;
            return r with { Id = i + 1 };
        }).ToArray();
        components = components.Renumber(rank);

        return (new VoidFindings(
            scan.Key.Hours, Threshold, _statistics.NoiseWidth, _statistics.Electrolyte,
            _segmenter.ByDepth(sets[0]), _segmenter.ByDepth(sets[1]), _segmenter.ByDepth(sets[2]), records)
        {
            Border = _segmenter.ByDepth(BorderOf(sets[0])), VoxelUm3 = _region.VoxelUm3, LeastVoxels = _recipe.LeastVoidVoxels,
            ElectrolyteRelative = ElectrolyteRelative,
        }, components);
    }

    /// <summary>Dark volume over electrolyte volume at every time.</summary>
    public async Task<IReadOnlyList<PorosityFindings>> PorosityAsync(CancellationToken ct)
    {
        var found = new List<PorosityFindings>();
        for (var i = 0; i < _scans.Length; i++)
        {
            Report($"porosity at {_scans[i].Key.Hours:0.##} h", (double)i / _scans.Length);
            found.Add(PorosityOf(_scans[i], await DarkAsync(_scans[i], await RegisterAsync(_scans[i], ct), ct)));
            _dark.Remove(_scans[i].Key);
        }

        return found;
    }

    /// <summary>The same with a threshold chosen by hand; what the pristine scan is like need not be looked at again.</summary>
    public ExperimentAnalysis At(double threshold) => new(
        _store, _dataset, _recipe with { Rule = ThresholdRule.Manual, Threshold = threshold }, _progress, _scans, _region, _segmenter, _statistics, (threshold, "by hand"));

    /// <summary>
    /// What became dark and what became bright between two times, in the pristine scan's voxels: label 1 gained, 2 lost. As with lithium,
    /// what lies within the tolerance of what was dark at the other time is no change, nor is a piece too small to be lithium. Where the last
    /// analysis counted a corrected mask, so does this.
    /// </summary>
    /// <param name="fromHours">The earlier scan, or the later: then gained is what vanished.</param>
    /// <param name="toHours">The other scan.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<ChangeFindings> ChangeAsync(double fromHours, double toHours, CancellationToken ct)
    {
        var ((before, fromMask), (after, toMask)) = (await DarkOfAsync(fromHours, 0), await DarkOfAsync(toHours, 0.5));
        var size = Pristine.VoxelSize;
        var reach = _recipe.ToleranceVoxels * size.Least;
        BitVolume Only(BitVolume set, BitVolume other) => _segmenter.Clean(
            set.Clone().AndNot(Morphology.DilateBall(other, reach / size.Z, reach / size.Y, reach / size.X)), null, _recipe.LeastLithiumVoxels);
        var sets = new[] { Only(after, before), Only(before, after) };
        var runs = sets.SelectMany((set, i) => ComponentLabeller.Label(set, StructuringElement.Faces).AllRuns().Select(r => (r.Z, r.Y, Run: r.Run with { Label = i + 1 })))
            .OrderBy(r => r.Z).ThenBy(r => r.Y).ThenBy(r => r.Run.Start);
        Report("done", 1);
        return new ChangeFindings(
            fromHours, toHours, sets[0].Count * _region.VoxelUm3, sets[1].Count * _region.VoxelUm3,
            Components.Of(_region.Shape.Z, _region.Shape.Y, _region.Shape.X, runs))
        {
            FromMask = fromMask, ToMask = toMask,
        };

        async Task<(BitVolume Dark, MaskUse? Mask)> DarkOfAsync(double hours, double part)
        {
            var scan = ScanAt(hours);
            Report($"{hours:0.##} h", part);
            var dark = (await _segmenter.DarkAsync(scan, await RegisterAsync(scan, ct), [Threshold], ct))[0];

            // What was painted counts as dark, what was taken away as bright; voids, which no mask of lithium has, stay what they are.
            return await StoredMask.TryReadAsync(_store, _dataset, scan.Key.Hours, _region.Shape, ct) is { } mask
                ? (dark.AndNot(mask.Removed).Or(mask.Added), mask.Use) : (dark, null);
        }
    }

    /// <summary>All of it.</summary>
    public async Task<(AnalysisResult Result, AnalysisLabels Labels)> RunAsync(CancellationToken ct)
    {
        var (voids, voidLabels) = await VoidsAsync(null, ct);
        var pristine = await DarkAsync(_scans[0], ScanRegistration.Identity(_scans[0].Key), ct);
        var size = Pristine.VoxelSize;
        var reach = _recipe.ToleranceVoxels * size.Least;
        var near = Morphology.DilateBall(pristine[0], reach / size.Z, reach / size.Y, reach / size.X);
        var (current, currentWarnings) = await CurrentAsync(ct);
        var trackers = _thresholds.Select(_ => new NucleationTracker(Pristine.Transform, _dataset.Depth, _region.VoxelUm3, _recipe.BridgeVoxels)).ToArray();
        var (newVoids, phaseWarnings) = await NewVoidsAsync(pristine[0], near, reach, size, ct);
        var masks = await ChosenMasks.TryReadAsync(_store, _dataset, _recipe, Threshold, Hours, ct);
        var (registrations, porosity, lithium, labels) = (new List<ScanRegistration>(), new List<PorosityFindings>(), new List<LithiumFindings>(), new List<(double, Components, Components)>());
        for (var i = 0; i < _scans.Length; i++)
        {
            var scan = _scans[i];
            Report($"registering {scan.Key.Hours:0.##} h", (i + 0.2) / _scans.Length);
            var registration = await RegisterAsync(scan, ct);
            registrations.Add(registration);
            Report($"new dark volume at {scan.Key.Hours:0.##} h", (i + 0.5) / _scans.Length);
            var dark = await DarkAsync(scan, registration, ct);
            var strict = await StrictAsync(scan, registration, ct);
            porosity.Add(PorosityOf(scan, dark));
            var (known, around) = (pristine[0], near);
            if (newVoids[i] is { } more)
            {
                (known, around) = (pristine[0].Clone().Or(more), Morphology.DilateBall(more, reach / size.Z, reach / size.Y, reach / size.X).Or(near));
            }

            var pieces = dark.Select(d => Lithium(d, strict, known, around, reach, size)).ToArray();
            var neighbours = StructuringElement.OfNeighbours(_recipe.Neighbours);
            pieces = masks?.Apply(scan.Key.Hours, pieces, _segmenter.Electrolyte, Pristine.Transform, _region.VoxelUm3, neighbours)
                ?? pieces;
            ct.ThrowIfCancellationRequested();
            var sites = new Components[pieces.Length];
            int[][] ofPieces = [];
            for (var k = 0; k < pieces.Length; k++)
            {
                // The first timestep's pieces are only where nothing was dark before, which is nowhere.
                (sites[k], var of) = trackers[k].Add(scan.Key.Hours, pieces[k], dark[k]);
                ofPieces = k == 0 ? of : ofPieces;
            }

            labels.Add((scan.Key.Hours, pieces[0], sites[0]));
            var phase = await PhaseAsync(registration, dark[0], pristine[0], ct);
            var confirmed = Enumerable.Range(1, pieces[0].Count).Select(l => phase?.Judge(pieces[0], l) == PhaseVerdict.Lithium).ToArray();
            var refuted = newVoids[i] is { } empty ? empty.Clone().And(dark[0]).Count * _region.VoxelUm3 : 0;
            lithium.Add(LithiumOf(scan.Key.Hours, pieces, ofPieces, current, confirmed) with { NewVoidUm3 = refuted });
            _dark.Remove(scan.Key);
            _phases.Remove(scan.Key.Hours);
        }

        Report("sites", 0.98);
        var found = trackers[0].Finish(voidLabels, voids.Voids);
        var result = new AnalysisResult
        {
            Dataset = _dataset.Id.Value, DatasetIdentity = _dataset.Identity.Value, Name = _dataset.Name, Recipe = _recipe,
                RecipeHash = _recipe.Hash,
            Threshold = Threshold, ThresholdHow = _how, NoiseWidth = _statistics.NoiseWidth, VoxelUm3 = _region.VoxelUm3,
            Interface = _dataset.Depth.Fingerprint, InterfaceTiltDeg = _dataset.Depth.Surface?.TiltDeg ?? 0, InterfaceResidualUm = _dataset.Depth.Surface?.ResidualUm ?? 0, OutlineUm2 = _dataset.Outline?.AreaUm2,
            OutlineSearch = _dataset.Manifest.Cell?.OutlineSearch, OutlineUm = _dataset.Manifest.Cell?.OutlineUm,
            Registrations = registrations, Voids = voids, Porosity = porosity, Lithium = lithium, Sites = found,
            SitesLowHigh = [trackers[1].Count, trackers[2].Count], Warnings = [.. Warnings, .. masks?.Warnings ?? [],
                .. WarningsOf(registrations, lithium), .. currentWarnings, .. phaseWarnings],
            Masks = masks is { Uses.Count: > 0 } ? masks.Uses : null, Inputs = masks?.Inputs ?? [],
        };
        Report("done", 1);
        return (result, new AnalysisLabels(voidLabels, labels) { Automatic = masks?.Automatic ?? [] });
    }

    /// <summary>What is dark at a time and was not in the pristine scan, by absorption alone, corrected masks included.</summary>
    internal async Task<NewDark> NewDarkAsync(double hours, CancellationToken ct)
    {
        var scan = ScanAt(hours);
        var pristine = await DarkAsync(_scans[0], ScanRegistration.Identity(_scans[0].Key), ct);
        var size = Pristine.VoxelSize;
        var reach = _recipe.ToleranceVoxels * size.Least;
        var near = Morphology.DilateBall(pristine[0], reach / size.Z, reach / size.Y, reach / size.X);
        Report($"registering {hours:0.##} h", 0.2);
        var registration = await RegisterAsync(scan, ct);
        Report($"new dark volume at {hours:0.##} h", 0.3);
        var dark = await DarkAsync(scan, registration, ct);
        var strict = await StrictAsync(scan, registration, ct);
        var pieces = dark.Select(d => Lithium(d, strict, pristine[0], near, reach, size)).ToArray();
        var masks = await ChosenMasks.TryReadAsync(_store, _dataset, _recipe, Threshold, Hours, ct);
        pieces = masks?.Apply(
            hours, pieces, _segmenter.Electrolyte, Pristine.Transform, _region.VoxelUm3,
                StructuringElement.OfNeighbours(_recipe.Neighbours))
            ?? pieces;
        var volumes = pieces.Select(p => p.Keep(_ => true).Count * _region.VoxelUm3).ToArray();
        var uncertainty = VolumeUncertainty.Of(
            volumes[0], volumes[1], volumes[2], BorderOf(pieces[0].Keep(_ => true)).Count * _region.VoxelUm3, _region.VoxelUm3,
            _recipe.LeastLithiumVoxels);
        return new NewDark(
            hours, Pristine, registration, pieces[0], dark[0].Clone().And(pristine[0]), _segmenter.Judged.Clone().AndNot(dark[0]),
            _region.VoxelUm3, volumes[0], uncertainty)
        {
            Warnings = [.. Warnings, .. registration.Warning is { } moved ? [moved] : Array.Empty<string>(), .. masks?.Warnings ?? []],
            Mask = masks?.Uses.FirstOrDefault(), AutomaticMask = masks?.Name,
        };
    }

    private VolumeInfo Pristine => _scans[0];

    private VolumeInfo ScanAt(double hours) => _scans.FirstOrDefault(s => s.Key == new VolumeKey(s.Key.Modality, hours)) ?? throw new VolumeFormatException(
        $"{_dataset.Id} has no {_recipe.Modality} scan at {hours:0.######} h; it has {string.Join(", ", _scans.Select(s => s.Key.Hours.ToString("0.######")))} h.");

    private async Task<ScanRegistration> RegisterAsync(VolumeInfo scan, CancellationToken ct)
    {
        if (scan.Key == Pristine.Key)
        {
            return ScanRegistration.Identity(scan.Key);
        }

        _registrar ??= await Registrar.OfAsync(_store, Pristine, _dataset.Depth, _dataset.Outline, ct);
        return await _registrar.AlignAsync(scan, ct);
    }

    private async Task<BitVolume[]> DarkAsync(VolumeInfo scan, ScanRegistration registration, CancellationToken ct)
    {
        if (!_dark.TryGetValue(scan.Key, out var dark))
        {
            _dark[scan.Key] = dark = await _segmenter.DarkAsync(scan, registration, _thresholds, ct);
        }

        return dark;
    }

    private async Task<BitVolume?> StrictAsync(VolumeInfo scan, ScanRegistration registration, CancellationToken ct) =>
        _recipe.Strict is { } strict ? (await _segmenter.DarkAsync(scan, registration, [strict], ct))[0] : null;

    private PorosityFindings PorosityOf(VolumeInfo scan, BitVolume[] dark)
    {
        var whole = _statistics.Electrolyte.TotalUm3;
        var sets = dark.Select(d => _segmenter.Clean(d, null, _recipe.LeastVoidVoxels)).ToArray();
        var by = _segmenter.ByDepth(sets[0]);
        double Volume(BitVolume set) => set.Count * _region.VoxelUm3;
        var u = VolumeUncertainty.Of(
            by.TotalUm3, Volume(sets[1]), Volume(sets[2]), Volume(BorderOf(sets[0])), _region.VoxelUm3, _recipe.LeastVoidVoxels);
        return new PorosityFindings(
            scan.Key.Hours, 100 * by.TotalUm3 / whole, 100 * u.LowOf(by.TotalUm3, ElectrolyteRelative) / whole,
            100 * u.HighOf(by.TotalUm3, ElectrolyteRelative) / whole, by) { Uncertainty = u };
    }

    private static BitVolume BorderOf(BitVolume set) => set.Clone().AndNot(Morphology.Erode(set, StructuringElement.Faces));

    // Half a voxel at the interface and along the cell's wall, against what they enclose.
    private double ElectrolyteRelative
    {
        get
        {
            var half = 0.5 * Math.Cbrt(_region.VoxelUm3);
            var (low, high) = Pristine.Bounds;
            var ((_, u0, v0), (_, u1, v1)) =
                (InterfaceSurface.Split(_dataset.Depth.Axis, low.Z, low.Y, low.X), InterfaceSurface.Split(_dataset.Depth.Axis, high.Z,
                    high.Y, high.X));
            var area = Math.Min((u1 - u0) * (v1 - v0), _dataset.Outline?.AreaUm2 ?? double.MaxValue);
            var wall = _dataset.Outline is { } outline ? half * outline.LengthUm / outline.AreaUm2 : 0;
            var end = half * area / Math.Max(1e-9, _statistics.Electrolyte.TotalUm3);
            return Math.Min(1, Math.Sqrt(wall * wall + end * end));
        }
    }

    // Dark now, not within the tolerance of a pristine void, in pieces that are large enough; these then take back what the tolerance
    // cost them: what is dark now, was bright before, and lies within the tolerance of them.
    private Components Lithium(BitVolume dark, BitVolume? strict, BitVolume pristine, BitVolume near, double reach, VoxelSize size)
    {
        var core = _segmenter.Clean(dark.Clone().AndNot(near), strict, _recipe.LeastLithiumVoxels);
        var grown = Morphology.DilateBall(core, reach / size.Z, reach / size.Y, reach / size.X).And(dark).AndNot(pristine).Or(core);
        return ComponentLabeller.Label(grown, StructuringElement.OfNeighbours(_recipe.Neighbours));
    }

    // What phase contrast shows to be empty at a time was no lithium then nor before; by timestep, null where nothing is known.
    private async Task<(BitVolume?[] Sets, List<string> Warnings)> NewVoidsAsync(BitVolume pristine, BitVolume near, double reach, VoxelSize size, CancellationToken ct)
    {
        var (sets, warnings) = (new BitVolume?[_scans.Length], new List<string>());
        foreach (var scan in _dataset.Volumes.Where(v => v.Key.Modality == PhaseContrast.Modality
            && _recipe.Modality != v.Key.Modality && v.Key.Hours != Pristine.Key.Hours))
        {
            warnings.AddRange(WarningOf(scan.Key) is { } warning ? [warning] : []);
        }

        for (var i = _scans.Length - 1; i >= 0; i--)
        {
            sets[i] = i + 1 < sets.Length ? sets[i + 1] : null;
            if (i == 0 || !MayDecide(new VolumeKey(PhaseContrast.Modality, _scans[i].Key.Hours)))
            {
                continue;
            }

            Report($"phase contrast at {_scans[i].Key.Hours:0.##} h", 0.05);
            var registration = await RegisterAsync(_scans[i], ct);
            var dark = await DarkAsync(_scans[i], registration, ct);
            var phase = (await PhaseAsync(registration, dark[0], pristine, ct))!;
            warnings.AddRange(phase.Warning is { } w ? [w] : []);
            var pieces = Lithium(dark[0], await StrictAsync(_scans[i], registration, ct), pristine, near, reach, size);
            var empty = pieces.Keep(Enumerable.Range(1, pieces.Count).Select(l => phase.Judge(pieces, l) == PhaseVerdict.Void).ToArray());
            if (empty.Count > 0)
            {
                sets[i] = sets[i] is { } later ? later.Clone().Or(empty) : empty;
            }
        }

        return (sets, warnings);
    }

    private bool MayDecide(VolumeKey phase) =>
        _dataset.Volumes.Any(v => v.Key == phase) && StageTrust.ProblemOf(_dataset, phase) is null;

    // Why a phase scan is left out, or what to know where it is not.
    private string? WarningOf(VolumeKey phase) => StageTrust.ProblemOf(_dataset, phase) is { } problem
        ? $"Phase contrast is left out: {problem}"
        : _scans.All(s => s.Key.Hours != phase.Hours)
            ? $"Phase contrast is left out: there is no {_recipe.Modality} scan of the hour of {phase}."
            : StageTrust.CautionOf(_dataset, phase, Pristine.VoxelSize.Least);

    private async Task<PhaseContrast?> PhaseAsync(ScanRegistration registration, BitVolume dark, BitVolume pristine, CancellationToken ct)
    {
        if (!_phases.TryGetValue(registration.Key.Hours, out var phase))
        {
            phase = MayDecide(new VolumeKey(PhaseContrast.Modality, registration.Key.Hours))
                ? await PhaseContrast.OfAsync(
                    _store, _dataset, Pristine, registration, dark.Clone().And(pristine), _segmenter.Judged.Clone().AndNot(dark), ct)
                : null;
            _phases[registration.Key.Hours] = phase;
        }

        return phase;
    }

    private LithiumFindings LithiumOf(double hours, Components[] sets, int[][] sites, Series? current, bool[] confirmed)
    {
        double Volume(Components c)
        {
            var n = 0L;
            foreach (ref readonly var r in c.Regions)
            {
                n += r.Voxels;
            }

            return n * _region.VoxelUm3;
        }

        var set = sets[0].Keep(_ => true);
        var border = set.Count - Morphology.Erode(set, StructuringElement.Faces).Count;
        var (faraday, faradayLow, faradayHigh) = FaradayOf(hours, current);
        var area = _dataset.Manifest.Cell?.ElectrodeAreaMm2 * 1e6;
        var pieces = new LithiumPiece[sets[0].Count];
        Parallel.For(0, pieces.Length, ComputeLane.Options(), i =>
            pieces[i] = LithiumPiece.Of(i + 1, sets[0], Pristine.Transform, _dataset.Depth, _region.VoxelUm3) with { Sites = sites[i].Select(NucleationTracker.NameOf).ToArray(), Confirmed = confirmed[i] });
        var measured = Volume(sets[0]);
        var u = VolumeUncertainty.Of(
            measured, Volume(sets[1]), Volume(sets[2]), border * _region.VoxelUm3, _region.VoxelUm3, _recipe.LeastLithiumVoxels);
        return new LithiumFindings(
            hours, measured, u.LowOf(measured), u.HighOf(measured), u.PartialUm3, faraday, area is > 0 ? measured / area : null,
            _segmenter.ByDepth(set), pieces)
        {
            Uncertainty = u, PiecesLowHigh = [sets[1].Count, sets[2].Count], FaradayLowUm3 = faradayLow, FaradayHighUm3 = faradayHigh,
        };
    }

    // A series that a store holds from before series were checked costs Faraday's volume, not the analysis.
    private async Task<(Series? Current, IReadOnlyList<string> Warnings)> CurrentAsync(CancellationToken ct)
    {
        if (_dataset.Manifest.Series.All(s => s.Kind != "current"))
        {
            return (null, []);
        }

        try
        {
            var series = (await _store.SeriesAsync(_dataset, "current", ct))!;
            var odd = CurrentCheck.WarningOf(_dataset.Manifest.Cell, series);
            return (series, [.. series.Warnings, .. series.CoverageWarnings(Hours), .. odd is null ? Array.Empty<string>() : [odd]]);
        }
        catch (VolumeFormatException e)
        {
            _isWithoutCharge = true;
            var sentence = e.Message.TrimEnd('.') + ". Until the dataset is imported again, there is no Faraday’s volume to compare with.";
            return (null, [sentence]);
        }
    }

    // Of the charge since the first scan: at the beginning of the scan, and what it may be by the end of it.
    private (double? Um3, double? Low, double? High) FaradayOf(double hours, Series? current)
    {
        PassedCharge? Passed(double at) => _isWithoutCharge ? null : Faraday.Charge(_dataset.Manifest.Cell, current, at);
        if (Passed(hours) is not { } now || Passed(Pristine.Key.Hours) is not { } before)
        {
            return default;
        }

        var end = Passed(hours + Math.Max(0, ScanAt(hours).DurationHours ?? 0))!.Value;
        double Volume(double coulombs) => Faraday.VolumeUm3(Math.Max(0, coulombs));
        var isPristine = hours == Pristine.Key.Hours;
        return (
            Volume(now.Coulombs - before.Coulombs),
            Volume(Math.Min(now.Low, end.Low) - before.Coulombs),
            Volume((isPristine ? now.High : Math.Max(now.High, end.High)) - before.Coulombs));
    }

    private List<string> WarningsOf(List<ScanRegistration> registrations, List<LithiumFindings> lithium)
    {
        var warnings = registrations.Select(r => r.Warning).OfType<string>().ToList();
        if (_dataset.Manifest.Cell?.ElectrodeAreaMm2 is null || _dataset.Manifest.Cell.CurrentDensityMaCm2 is null && _dataset.Manifest.Series.All(s => s.Kind != "current"))
        {
            warnings.Add("dataset.json gives no electrode area or no current, so there is no theoretical volume to compare with.");
        }

        if (lithium.FirstOrDefault(l => l.FaradayHighUm3 is { } most && l.LowUm3 > most && l.IsUpperBound) is { } over)
        {
            warnings.Add(
                $"At {over.Hours:0.##} h more became dark than the charge can have plated: "
                + $"at least {over.LowUm3 - over.FaradayHighUm3:0} µm³ are crack or void.");
        }

        if (lithium.Any(l => l.IsUpperBound))
        {
            warnings.Add(lithium.Any(l => l.ConfirmedUm3 > 0)
                ? "Absorption alone cannot tell lithium from a crack or a new void: where no phase contrast covers it, "
                    + "new dark volume is an upper bound of lithium."
                : "Absorption alone cannot tell lithium from a crack or a new void: new dark volume is an upper bound of lithium, "
                    + "and so is what the charge plates.");
        }

        return warnings;
    }

    private void Report(string what, double part) => _progress?.Report(new AnalysisProgress(what, part));
}
