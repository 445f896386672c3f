using System.Globalization;
using System.Text;

namespace DendriteViewer.Analysis.Absorption.Files;

/// <summary>
/// Lists as Perl's Data::Dumper writes them, which Athena's project files hold: strings in single quotes, numbers, undef, lists in square
/// brackets. Nothing is run.
/// </summary>
internal ref struct PerlList
{
    private const int MostDepth = 16;
    private readonly ReadOnlySpan<char> _text;
    private int _at;

    private PerlList(ReadOnlySpan<char> text) => _text = text;

    /// <summary>The values of <c>('a', 1, ['b'])</c>; lists within are null. Null where the text is none such.</summary>
    public static List<string?>? Parse(ReadOnlySpan<char> text)
    {
        var list = new PerlList(text);
        list.Blanks();
        return list.Take('(') && list.Values(')', 0) is { } values ? values : null;
    }

    private List<string?>? Values(char end, int depth)
    {
        var values = new List<string?>();
        while (depth < MostDepth)
        {
            Blanks();
            if (Take(end))
            {
                return values;
            }

            if (Take('['))
            {
                if (Values(']', depth + 1) is null)
                {
                    return null;
                }

                values.Add(null);
            }
            else if (Value() is { } value)
            {
                values.Add(value);
            }
            else
            {
                return null;
            }

            Blanks();
            if (!Take(',') && (_at >= _text.Length || _text[_at] != end))
            {
                return null;
            }
        }

        return null;
    }

    private string? Value()
    {
        if (!Take('\''))
        {
            var start = _at;
            while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '.' or '-' or '+' or '_'))
            {
                _at++;
            }

            return _at > start ? _text[start.._at].ToString() : null;
        }

        var value = new StringBuilder();
        while (_at < _text.Length && _text[_at] != '\'')
        {
            _at += _text[_at] == '\\' && _at + 1 < _text.Length && _text[_at + 1] is '\'' or '\\' ? 1 : 0;
            value.Append(_text[_at++]);
        }

        return Take('\'') ? value.ToString() : null;
    }

    private void Blanks()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private bool Take(char c)
    {
        var found = _at < _text.Length && _text[_at] == c;
        _at += found ? 1 : 0;
        return found;
    }
}

/// <summary>Numbers of a project file.</summary>
internal static class PerlNumber
{
    /// <summary>The number, or NaN where it is none: the spectrum then says how many points it left out.</summary>
    public static double Parse(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
}
