using DendriteViewer.Imaging.Bounds;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Components;

/// <summary>
/// A field for a number: double, int, or either of them nullable, where empty means none. It takes exponents and the browser's decimal
/// comma, and shows numbers with a point. A number that is none or is out of its range is never made to fit: it stays in the field with a
/// sentence, and the value stays what it was. A value that changes while somebody types does not replace what they type.
/// </summary>
/// <typeparam name="T">The number's type; found from the bound value.</typeparam>
public sealed partial class NumberField<T>
{
    private static readonly Type s_type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
    private static readonly bool s_isOptional = Nullable.GetUnderlyingType(typeof(T)) is not null;

    private Dictionary<string, object?> _attributes = [];
    private string _text = "";
    private string? _refusal;
    private bool _isFocused;
    private T? _shown;
    private bool _isShown;

    /// <summary>The number.</summary>
    [Parameter, EditorRequired]
    public T? Value { get; set; }

    /// <summary>Called when somebody gave another number that is in the range.</summary>
    [Parameter]
    public EventCallback<T?> ValueChanged { get; set; }

    /// <summary>What it may be, and its unit.</summary>
    [Parameter, EditorRequired]
    public NumberRange Range { get; set; } = null!;

    /// <summary>The field's name.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>The unit behind the number; the range's unless it is given. Empty for none.</summary>
    [Parameter]
    public string? Unit { get; set; }

    /// <summary>How the number is shown, as “0.0”; else as many decimals as it has, six at most.</summary>
    [Parameter]
    public string? Format { get; set; }

    /// <summary>What the arrow keys add; 0 where they do nothing.</summary>
    [Parameter]
    public double Step { get; set; }

    /// <summary>A sentence below the field.</summary>
    [Parameter]
    public string? HelperText { get; set; }

    /// <summary>Whether it cannot be changed.</summary>
    [Parameter]
    public bool Disabled { get; set; }

    /// <summary>Classes of the field.</summary>
    [Parameter]
    public string? Class { get; set; }

    /// <summary>Style of the field.</summary>
    [Parameter]
    public string? Style { get; set; }

    /// <summary>Attributes of the input element.</summary>
    [Parameter(CaptureUnmatchedValues = true)]
    public IReadOnlyDictionary<string, object?>? Attributes { get; set; }

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    private string ShownUnit => Unit ?? Range.Unit;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _attributes = Attributes?.ToDictionary(a => a.Key, a => a.Value) ?? [];
        _attributes.TryAdd("inputmode", s_type == typeof(int) ? "numeric" : "decimal");
        _attributes.TryAdd("autocomplete", "off");
        if (!_isFocused && (!_isShown || !EqualityComparer<T>.Default.Equals(_shown, Value)))
        {
            Show();
        }
    }

    // Shows the value as it is; a number that was refused before is given up.
    private void Show()
    {
        (_shown, _isShown, _refusal) = (Value, true, null);
        _text = Number(Value) is { } v
            ? Format is null ? NumberText.Format(v) : v.ToString(Format, System.Globalization.CultureInfo.InvariantCulture)
            : "";
    }

    private async Task CommitAsync(string? text)
    {
        _text = text ?? "";
        if (_text.Trim().Length == 0)
        {
            _refusal = s_isOptional ? null : "Give a number.";
            if (s_isOptional)
            {
                await SetAsync(null);
            }

            return;
        }

        // The language is asked for where it matters.
        var comma = _text.Contains(',') && await Script.InvokeAsync<bool>("dendriteShell.hasDecimalComma");
        (var value, _refusal) = NumberText.Parse(_text, Range with { Unit = ShownUnit }, comma, s_type == typeof(int));
        if (_refusal is null)
        {
            await SetAsync(value);
        }
    }

    private async Task SetAsync(double? value)
    {
        var typed = Of(value);
        if (!EqualityComparer<T>.Default.Equals(typed, Value))
        {
            Value = typed;
            await ValueChanged.InvokeAsync(typed);
        }

        Show();
    }

    // What came in from elsewhere while somebody was in the field is shown now, unless what they typed was refused.
    private void Leave()
    {
        _isFocused = false;
        if (_refusal is null && !EqualityComparer<T>.Default.Equals(_shown, Value))
        {
            Show();
        }
    }

    private async Task KeyAsync(KeyboardEventArgs e)
    {
        if (e.Key == "Escape")
        {
            Show();
        }
        else if (Step > 0 && e.Key is "ArrowUp" or "ArrowDown" && Number(Value) is { } now)
        {
            // Rounded, so that ten steps of 0.1 are 1.
            var next = Math.Round(now + (e.Key == "ArrowUp" ? Step : -Step), 9);
            await SetAsync(Math.Clamp(next, Range.Least, Range.Most));
        }
    }

    private static double? Number(T? value) => value switch
    {
        double d => d,
        int i => i,
        _ => null,
    };

    private static T? Of(double? value) => value switch
    {
        null => default,
        { } v when s_type == typeof(int) => (T)(object)checked((int)v),
        { } v => (T)(object)v,
    };
}
