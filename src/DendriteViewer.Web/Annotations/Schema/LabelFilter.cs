namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>Of which label a page's lists and pictures show sites and annotations; the same for all of its panels.</summary>
public sealed class LabelFilter
{
    private volatile string _label = "";

    /// <summary>Raised after each change; handlers must be quick.</summary>
    public event Action? Changed;

    /// <summary>Id of the label; empty: all are shown.</summary>
    public string Label => _label;

    /// <summary>Shows what carries a label; all where it is empty.</summary>
    public void Show(string label)
    {
        _label = label;
        Changed?.Invoke();
    }

    /// <summary>Whether something with these labels is shown.</summary>
    public bool Shows(ValueList<string> labels) => _label is { Length: 0 } || labels.Contains(_label);
}
