namespace DendriteViewer.Analysis.Impedance.Circuits;

/// <summary>A text is no circuit. The message is one sentence that says where and why.</summary>
public sealed class CircuitTextException(string message, int position = 0) : ArgumentException(message)
{
    /// <summary>The character at which it is wrong, from 0; the text's length where it ends too early.</summary>
    public int Position { get; } = position;
}

/// <summary>
/// Reads circuits. impedance.py: <c>R0-p(R1,CPE1)</c>, where - is series and p(a,b) parallel. Boukamp: <c>R(RQ)</c>, where letters stand in
/// series, round brackets change between series and parallel, and square brackets are series. Elements without a number get one:
/// that of the group in parallel that they stand in, or the next that is free.
/// </summary>
internal sealed class CircuitText
{
    private const int MostDepth = 16, MostCharacters = 400;

    // The longest first, so that CPE is not read as C. Boukamp's letters are Q, O and T.
    private static readonly (string Letters, string Name, ElementKind Kind, bool BoukampOnly)[] s_kinds =
    [
        ("CPE", "CPE", ElementKind.ConstantPhase, false),
        ("Wo", "Wo", ElementKind.BlockedWarburg, false),
        ("Ws", "Ws", ElementKind.OpenWarburg, false),
        ("R", "R", ElementKind.Resistor, false),
        ("C", "C", ElementKind.Capacitor, false),
        ("L", "L", ElementKind.Inductor, false),
        ("Q", "CPE", ElementKind.ConstantPhase, false),
        ("W", "W", ElementKind.Warburg, false),
        ("O", "Ws", ElementKind.OpenWarburg, true),
        ("T", "Wo", ElementKind.BlockedWarburg, true),
    ];

    private readonly string _text;
    private readonly bool _boukamp;
    private int _at;
    private int _groups;
    private int _elements;

    private CircuitText(string text, bool boukamp) => (_text, _boukamp) = (text, boukamp);

    // What was written, before names and places of parameters are known.
    private abstract record Draft;

    private sealed record DraftElement(string Prefix, ElementKind Kind, string Number, int Group, int Position) : Draft;

    private sealed record DraftGroup(bool IsParallel, List<Draft> Parts) : Draft;

    public static Circuit Parse(string text)
    {
        if (text.Length > MostCharacters)
        {
            throw new CircuitTextException($"The circuit has {text.Length} characters; {MostCharacters} are read at most.", MostCharacters);
        }

        var reader = new CircuitText(text, IsBoukamp(text));
        reader.SkipBlanks();
        if (reader._at == text.Length)
        {
            throw new CircuitTextException("The circuit is empty; write one such as R0-p(R1,CPE1).");
        }

        var draft = reader._boukamp ? reader.BoukampSeries('\0', 0, 0) : reader.Series(0, 0);
        if (reader._at < text.Length)
        {
            throw reader.Refuse(text[reader._at] is ')' or ']' ? "closes a bracket that was not opened" : "is not expected here");
        }

        return new Circuit(new Naming().Build(draft, reader));
    }

    private static bool IsBoukamp(string text) =>
        !text.Contains('-') && !text.Contains(',') && !text.Contains("p(", StringComparison.Ordinal)
        && (text.AsSpan().IndexOfAny("()[]") >= 0 || !IsOneElement(text.Trim()));

    private static bool IsOneElement(string text) => s_kinds.Any(k => !k.BoukampOnly && text.StartsWith(k.Letters, StringComparison.Ordinal)
        && text[k.Letters.Length..].All(char.IsAsciiDigit));

    // Terms parted by -, until a comma or a closing bracket.
    private DraftGroup Series(int depth, int group)
    {
        var parts = new List<Draft> { Term(depth, group) };
        while (Peek() == '-')
        {
            _at++;
            parts.Add(Term(depth, group));
        }

        return new DraftGroup(false, parts);
    }

    private Draft Term(int depth, int group)
    {
        if (Peek() == 'p' && _at + 1 < _text.Length && _text[_at + 1] == '(')
        {
            var open = _at;
            Deeper(depth);
            _at += 2;
            var inner = depth == 0 ? ++_groups : group;
            var parts = new List<Draft> { Series(depth + 1, inner) };
            while (Peek() == ',')
            {
                _at++;
                parts.Add(Series(depth + 1, inner));
            }

            return Close(')', open, parts);
        }

        return Element(group);
    }

    // Letters and brackets one after another, until the closing bracket; alternates says whether they are branches instead.
    private DraftGroup BoukampSeries(char close, int depth, int group, bool parallel = false)
    {
        var parts = new List<Draft>();
        while (Peek() is var c && c != '\0' && c is not (')' or ']'))
        {
            if (c is '(' or '[')
            {
                var open = _at;
                Deeper(depth);
                _at++;
                var isParallel = c == '(' && !parallel;
                var inner = BoukampSeries(c == '(' ? ')' : ']', depth + 1, depth == 0 && isParallel ? ++_groups : group, isParallel);
                parts.Add(isParallel ? Close(c == '(' ? ')' : ']', open, inner.Parts) : CloseSeries(c == '(' ? ')' : ']', open, inner));
            }
            else
            {
                parts.Add(Element(group));
            }
        }

        if (parts.Count == 0)
        {
            throw Refuse(close == '\0' ? "is not expected here" : "closes a bracket with nothing in it");
        }

        return new DraftGroup(parallel, parts);
    }

    private DraftGroup CloseSeries(char close, int open, DraftGroup inner)
    {
        Expect(close, open);
        return inner with { IsParallel = false };
    }

    private DraftGroup Close(char close, int open, List<Draft> parts)
    {
        Expect(close, open);
        return parts.Count > 1 ? new DraftGroup(true, parts)
            : throw new CircuitTextException($"Position {open + 1} of '{_text}' opens a parallel part with one branch; "
                + "it needs two at least.", open);
    }

    private void Expect(char close, int open)
    {
        if (Peek() != close)
        {
            throw _at < _text.Length ? Refuse($"stands where a '{close}' is needed, for the bracket of position {open + 1}")
                : new CircuitTextException($"The bracket at position {open + 1} of '{_text}' is not closed; end it with '{close}'.", open);
        }

        _at++;
    }

    private void Deeper(int depth)
    {
        if (depth >= MostDepth)
        {
            throw Refuse($"opens more than {MostDepth} brackets within each other");
        }
    }

    private DraftElement Element(int group)
    {
        var c = Peek();
        if (c == '\0')
        {
            throw new CircuitTextException($"'{_text}' ends where an element is needed, at position {_at + 1}.", _at);
        }

        var found = s_kinds.FirstOrDefault(k => (_boukamp || !k.BoukampOnly)
            && _text.AsSpan(_at).StartsWith(k.Letters, StringComparison.Ordinal));
        var start = _at;
        var end = _at + (found.Letters?.Length ?? 0);
        var number = end;
        while (number < _text.Length && char.IsAsciiDigit(_text[number]))
        {
            number++;
        }

        if (found.Letters is null || (!_boukamp && number < _text.Length && char.IsLetter(_text[number])))
        {
            throw char.IsLetter(c) ? Refuse("begins no element; there are R, C, L, CPE, W, Wo and Ws (Boukamp: Q, O and T)", Word())
                : Refuse("stands where an element is needed");
        }

        if (++_elements > Circuit.MostElements)
        {
            throw Refuse($"is one element too many; a circuit has {Circuit.MostElements} at most");
        }

        _at = number;
        return new DraftElement(found.Name, found.Kind, _text[end..number], group, start);
    }

    private string Word()
    {
        var end = _at;
        while (end < _text.Length && char.IsLetterOrDigit(_text[end]))
        {
            end++;
        }

        return _text[_at..end];
    }

    private char Peek()
    {
        SkipBlanks();
        return _at < _text.Length ? _text[_at] : '\0';
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private CircuitTextException Refuse(string why, string? what = null) => _at < _text.Length
        ? new($"'{what ?? _text[_at].ToString()}' at position {_at + 1} of '{_text}' {why}.", _at)
        : new($"'{_text}' ends too early, at position {_at + 1}.", _at);

    /// <summary>Gives elements their names and parameters their places.</summary>
    private sealed class Naming
    {
        private readonly HashSet<string> _taken = [];
        private int _next;

        public CircuitNode Build(DraftGroup draft, CircuitText text)
        {
            foreach (var element in Elements(draft).Where(e => e.Number.Length > 0))
            {
                if (!_taken.Add(element.Prefix + element.Number))
                {
                    throw new CircuitTextException(
                        $"{element.Prefix}{element.Number} at position {element.Position + 1} of '{text._text}' stands twice; "
                        + "give it another number.", element.Position);
                }
            }

            return Node(draft);
        }

        private CircuitNode Node(Draft draft)
        {
            if (draft is DraftElement element)
            {
                var leaf = new CircuitNode.Leaf(new CircuitElement(NameOf(element), element.Kind, _next));
                _next += leaf.Count;
                return leaf;
            }

            var group = (DraftGroup)draft;
            var parts = group.Parts.Select(Node).ToArray();
            if (group.IsParallel)
            {
                return new CircuitNode.Parallel(parts);
            }

            // Series within a series are one.
            var flat = parts.SelectMany(p => p is CircuitNode.Series s ? s.Parts : [p]).ToArray();
            return flat.Length == 1 ? flat[0] : new CircuitNode.Series(flat);
        }

        private string NameOf(DraftElement element)
        {
            if (element.Number.Length > 0)
            {
                return element.Prefix + element.Number;
            }

            var number = element.Group;
            while (!_taken.Add(element.Prefix + number.ToString(System.Globalization.CultureInfo.InvariantCulture)))
            {
                number++;
            }

            return element.Prefix + number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        private static IEnumerable<DraftElement> Elements(Draft draft) =>
            draft is DraftElement e ? [e] : ((DraftGroup)draft).Parts.SelectMany(Elements);
    }
}
