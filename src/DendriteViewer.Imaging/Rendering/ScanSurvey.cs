using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Statistics;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// Looks at a scan's voxels once, on a level that was read whole, for what a first view must know: which voxels are padding, in what range
/// nearly all others lie, the classes that they fall into, and which of the classes is around the sample. A hot pixel, NaN, and the zeros
/// around a reconstruction's circle change none of it.
/// </summary>
internal sealed class ScanSurvey
{
    // Of these many sorted values quantiles are taken: the 0.1 % quantile has 65 of them below it.
    private const int SampleSize = 1 << 16;

    // Values beyond these quantiles are outliers for the classes' histogram.
    private const double Outlying = 0.0005;
    private readonly float[] _values;
    private readonly VolumeShape _shape;
    private readonly float _padding;

    private ScanSurvey(float[] values, VolumeShape shape)
    {
        (_values, _shape) = (values, shape);
        Padding = FieldOfView.PaddingOf(values, shape);
        _padding = Padding ?? float.NaN;
        Sample = SampleOf();
    }

    /// <summary>The one value of what lies around the field of view or the sample, bit for bit the same; null for none.</summary>
    public float? Padding { get; }

    /// <summary>Sorted values of voxels that are finite and not padding, evenly taken; empty for none.</summary>
    public float[] Sample { get; }

    /// <summary>The classes; empty volumes have one.</summary>
    public ScanClasses Classes { get; private set; } = new([new ScanClass(0, 0, 0, 1, 1, 1, 0.5)], -1, 1);

    /// <summary>Surveys a level.</summary>
    /// <param name="values">Its values, z, y, x.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="factor">Voxels of the finest level along one of its voxels.</param>
    public static ScanSurvey Of(float[] values, VolumeShape shape, double factor)
    {
        var survey = new ScanSurvey(values, shape);
        survey.Classify(factor);
        return survey;
    }

    private float[] SampleOf()
    {
        // Every n-th voxel, n odd and no divisor of a row, so that the sample does not fall on few columns.
        var stride = Math.Max(1, _values.Length / SampleSize) | 1;
        while (stride > 1 && (_shape.X % stride == 0 || stride % _shape.X == 0))
        {
            stride += 2;
        }

        var sample = new List<float>(_values.Length / stride + 1);
        for (var i = 0; i < _values.Length; i += stride)
        {
            if (IsSeen(_values[i]))
            {
                sample.Add(_values[i]);
            }
        }

        sample.Sort();
        return [.. sample];
    }

    private bool IsSeen(float value) => float.IsFinite(value) && value != _padding;

    private void Classify(double factor)
    {
        if (Sample.Length == 0)
        {
            return;
        }

        // A constant surrounding that is no reconstruction's circle is the air itself, and counts.
        var counts = Padding is null || FieldOfView.IsCircle(_values, _shape, _padding) ? _padding : float.NaN;
        var (low, high) = RangeOf(float.IsNaN(counts) ? Padding : null);
        if (!(high > low))
        {
            Classes = new ScanClasses([new ScanClass(low, low, low, 1, 1, Path(1, factor), 0.5)], -1, 1);
            return;
        }

        var binning = new Binning(low, high, counts);
        var bins = new byte[_values.Length];
        var histogram = binning.Sort(_values, bins);
        var thresholds = ScanClasses.Thresholds(histogram, low, high);
        Classes = ClassPaths.Measure(bins, _shape, histogram, binning, thresholds, factor);
    }

    // All but the outermost values, and what lies around the sample where that is one value.
    private (double Low, double High) RangeOf(float? around)
    {
        double low = Quantile(Sample, Outlying), high = Quantile(Sample, 1 - Outlying);
        return around is { } value ? (Math.Min(low, value), Math.Max(high, value)) : (low, high);
    }

    private double Path(double share, double factor) => share * factor * Math.Cbrt(_shape.Count);

    /// <summary>A quantile of sorted values.</summary>
    internal static double Quantile(ReadOnlySpan<float> sorted, double q) =>
        sorted[(int)Math.Round(Math.Clamp(q, 0, 1) * (sorted.Length - 1))];
}
