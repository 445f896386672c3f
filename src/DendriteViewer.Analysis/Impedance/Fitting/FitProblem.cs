using System.Numerics;
using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>
/// A circuit, the points of a sweep and what is asked of the fit, made ready for the numerical part: free variables, their ranges, weighted
/// residuals and derivatives. A variable is ln p of a parameter, or n itself for an exponent. Not safe for several threads at once.
/// </summary>
internal sealed class FitProblem
{
    private readonly double[] _omega, _re, _im, _weightRe, _weightIm, _parameters;
    private readonly Complex[] _gradient;
    private readonly int[] _variableOf;         // The variable of each parameter; -1 where it is fixed.
    private readonly bool[] _isExponent;

    /// <summary>Makes a fit ready.</summary>
    /// <exception cref="ArgumentException">A name is not the circuit's, a value is out of its range, or there are too few
    /// points.</exception>
    public FitProblem(Circuit circuit, SweepPoints points, FitSettings settings)
    {
        Circuit = circuit;
        Settings = settings;
        (_omega, _re, _im) = (points.Omega, points.Re, points.Im);
        (_weightRe, _weightIm) = Weights(points, settings.Weight);
        Span = new SweepSpan(_omega.Min(), _omega.Max(), points.Modulus.Min(), points.Modulus.Max());

        var count = circuit.Parameters.Count;
        _parameters = new double[count];
        _gradient = new Complex[count];
        _variableOf = new int[count];
        _isExponent = [.. circuit.Parameters.Select(p => p.Role == ParameterRole.Exponent)];
        CheckNames();
        var leaders = Leaders();
        var variables = new List<int>();
        var (least, most) = (new List<double>(), new List<double>());
        for (var i = 0; i < count; i++)
        {
            var parameter = circuit.Parameters[i];
            _variableOf[i] = -1;
            if (settings.Fixed.TryGetValue(parameter.Name, out var value))
            {
                _parameters[i] = Allowed(parameter, value, "fixed value of");
            }
            else if (leaders[i] == i)
            {
                _variableOf[i] = variables.Count;
                variables.Add(i);
                var range = RangeOf(parameter);
                least.Add(ToVariable(i, range.Least));
                most.Add(ToVariable(i, range.Most));
            }
        }

        for (var i = 0; i < count; i++)
        {
            if (leaders[i] != i)
            {
                _variableOf[i] = _variableOf[leaders[i]];
                _parameters[i] = _parameters[leaders[i]];
            }
        }

        (ParameterOf, Least, Most) = ([.. variables], [.. least], [.. most]);
        if (Rows <= Variables)
        {
            throw new ArgumentException($"{circuit.Text} has {Variables} free parameters, and {points.Count} points determine fewer; "
                + "fix some, or take a circuit of fewer elements.");
        }
    }

    /// <summary>The circuit.</summary>
    public Circuit Circuit { get; }

    /// <summary>What was asked.</summary>
    public FitSettings Settings { get; }

    /// <summary>What the sweep covers.</summary>
    public SweepSpan Span { get; }

    /// <summary>How many residuals there are: two a point.</summary>
    public int Rows => 2 * _omega.Length;

    /// <summary>How many variables are free.</summary>
    public int Variables => ParameterOf.Length;

    /// <summary>The (leading) parameter of each variable.</summary>
    public int[] ParameterOf { get; }

    /// <summary>The least value of each variable.</summary>
    public double[] Least { get; }

    /// <summary>The largest value of each variable.</summary>
    public double[] Most { get; }

    /// <summary>The range that a parameter may have; of a fixed one, that which it would have.</summary>
    public ParameterRange RangeOf(int parameter) => RangeOf(Circuit.Parameters[parameter]);

    /// <summary>Whether a person set the range of a variable.</summary>
    public bool IsBounded(int variable) => Settings.Bounds.ContainsKey(Circuit.Parameters[ParameterOf[variable]].Name);

    /// <summary>The variable of a parameter, or −1 where it is fixed.</summary>
    public int VariableOf(int parameter) => _variableOf[parameter];

    /// <summary>What a value of a parameter is as a variable.</summary>
    public double ToVariable(int parameter, double value) => _isExponent[parameter] ? value : Math.Log(value);

    /// <summary>The values of all parameters.</summary>
    public double[] ParametersAt(ReadOnlySpan<double> variables)
    {
        Set(variables);
        return [.. _parameters];
    }

    /// <summary>The variables that values of all parameters are, brought into their ranges.</summary>
    public double[] VariablesAt(ReadOnlySpan<double> parameters)
    {
        var variables = new double[Variables];
        for (var v = 0; v < variables.Length; v++)
        {
            variables[v] = Math.Clamp(ToVariable(ParameterOf[v], parameters[ParameterOf[v]]), Least[v], Most[v]);
        }

        return variables;
    }

    /// <summary>χ²: the sum of the squares of the weighted residuals.</summary>
    public double Cost(ReadOnlySpan<double> variables)
    {
        Set(variables);
        var sum = 0d;
        for (var i = 0; i < _omega.Length; i++)
        {
            var z = Circuit.Root.Impedance(_omega[i], _parameters, []);
            var (a, b) = ((z.Real - _re[i]) * _weightRe[i], (z.Imaginary - _im[i]) * _weightIm[i]);
            sum += a * a + b * b;
        }

        return double.IsFinite(sum) ? sum : double.MaxValue;
    }

    /// <summary>χ², the weighted residuals (Re and Im of each point in turn) and their derivatives by the variables, row by row.</summary>
    public double Linearize(ReadOnlySpan<double> variables, Span<double> residuals, Span<double> jacobian)
    {
        Set(variables);
        var sum = 0d;
        jacobian.Clear();
        for (var i = 0; i < _omega.Length; i++)
        {
            var z = Circuit.Root.Impedance(_omega[i], _parameters, _gradient);
            var (a, b) = ((z.Real - _re[i]) * _weightRe[i], (z.Imaginary - _im[i]) * _weightIm[i]);
            (residuals[2 * i], residuals[2 * i + 1]) = (a, b);
            sum += a * a + b * b;
            var row = jacobian.Slice(2 * i * Variables, 2 * Variables);
            for (var k = 0; k < _gradient.Length; k++)
            {
                if (_variableOf[k] is >= 0 and var v)
                {
                    row[v] += _gradient[k].Real * _weightRe[i];
                    row[Variables + v] += _gradient[k].Imaginary * _weightIm[i];
                }
            }
        }

        return double.IsFinite(sum) ? sum : double.MaxValue;
    }

    /// <summary>The weights of residuals: one over what they are divided by.</summary>
    public static (double[] Re, double[] Im) Weights(SweepPoints points, FitWeight weight)
    {
        if (weight == FitWeight.Proportional && (points.Re.Contains(0) || points.Im.Contains(0)))
        {
            throw new ArgumentException("A point has a part of exactly 0, which no proportional weight can be made of; "
                + "leave it out (mask im==0), or take the weight modulus.");
        }

        return weight switch
        {
            FitWeight.Modulus => ([.. points.Modulus.Select(m => 1 / m)], [.. points.Modulus.Select(m => 1 / m)]),
            FitWeight.Proportional => ([.. points.Re.Select(v => 1 / Math.Abs(v))], [.. points.Im.Select(v => 1 / Math.Abs(v))]),
            _ => ([.. points.Re.Select(_ => 1d)], [.. points.Im.Select(_ => 1d)]),
        };
    }

    private void Set(ReadOnlySpan<double> variables)
    {
        for (var i = 0; i < _parameters.Length; i++)
        {
            if (_variableOf[i] is >= 0 and var v)
            {
                _parameters[i] = _isExponent[i] ? variables[v] : Math.Exp(variables[v]);
            }
        }
    }

    private ParameterRange RangeOf(CircuitParameter parameter)
    {
        if (Settings.Bounds.TryGetValue(parameter.Name, out var range))
        {
            return Allowed(parameter, range.Least, "lower bound of") < Allowed(parameter, range.Most, "upper bound of") ? range
                : throw new ArgumentException($"The lower bound of {parameter.Name} is not below its upper bound; "
                    + "give the lesser one first.");
        }

        // A start beyond the usual range is the user's word that it is not too far.
        range = ParameterRanges.Of(parameter.Role, Span);
        return Settings.Start.TryGetValue(parameter.Name, out var start) && Allowed(parameter, start, "start of") is var value
            ? new(Math.Min(range.Least, value), Math.Max(range.Most, value)) : range;
    }

    private static double Allowed(CircuitParameter parameter, double value, string what) =>
        (parameter.Role == ParameterRole.Exponent ? new NumberRange("", 0, 1) : new NumberRange("", 1e-30, 1e30, parameter.Unit))
            .Of($"{what} {parameter.Name}").Check(value);

    private void CheckNames()
    {
        foreach (var name in Settings.Fixed.Keys.Concat(Settings.Start.Keys).Concat(Settings.Bounds.Keys).Concat(Settings.Tied.Keys)
            .Concat(Settings.Tied.Values))
        {
            if (Circuit.IndexOf(name) < 0)
            {
                throw new ArgumentException($"{Circuit.Text} has no parameter {name}; "
                    + $"it has {string.Join(", ", Circuit.Parameters.Select(p => p.Name))}.");
            }
        }
    }

    // Which parameter each one equals: itself, or the leading one.
    private int[] Leaders()
    {
        var leaders = Enumerable.Range(0, Circuit.Parameters.Count).ToArray();
        foreach (var (name, leader) in Settings.Tied)
        {
            var (a, b) = (Circuit.IndexOf(name), Circuit.IndexOf(leader));
            if (a == b || Settings.Tied.ContainsKey(leader) || Settings.Fixed.ContainsKey(name)
                || Circuit.Parameters[a].Role != Circuit.Parameters[b].Role)
            {
                throw new ArgumentException($"{name} cannot be tied to {leader}: "
                    + "a tied parameter equals one other of its kind, which is not tied itself, and is not fixed.");
            }

            leaders[a] = b;
        }

        return leaders;
    }
}
