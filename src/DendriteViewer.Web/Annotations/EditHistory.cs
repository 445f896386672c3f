namespace DendriteViewer.Web.Annotations;

/// <summary>One editor's steps to take back and to make again.</summary>
/// <typeparam name="T">What is edited.</typeparam>
internal sealed class EditHistory<T>
    where T : class, IEdited<T>
{
    private const int Most = 200;

    /// <summary>Held while a step is taken.</summary>
    public readonly SemaphoreSlim Stepping = new(1, 1);

    private readonly LinkedList<Step> _undo = new();
    private readonly LinkedList<Step> _redo = new();

    /// <summary>A step: what was edited, the version it must still have, and the state to go to (null: it was not there).</summary>
    internal sealed record Step(string Id, int Version, T? Other, T? Here);

    public void Did(T? before, T after)
    {
        lock (_undo)
        {
            _undo.AddLast(new Step(after.Id, after.Version, before, after));
            _redo.Clear();
            if (_undo.Count > Most)
            {
                _undo.RemoveFirst();
            }
        }
    }

    public Step? PeekUndo()
    {
        lock (_undo)
        {
            return _undo.Last?.Value;
        }
    }

    public Step? PeekRedo()
    {
        lock (_undo)
        {
            return _redo.Last?.Value;
        }
    }

    /// <summary>A step was taken: it goes to the other side. Older steps of the same annotation now expect the new version.</summary>
    public void Moved(bool undo, Step step, int version)
    {
        lock (_undo)
        {
            var (from, to) = undo ? (_undo, _redo) : (_redo, _undo);
            from.Remove(step);
            to.AddLast(new Step(step.Id, version, step.Here, step.Other));
            for (var node = from.Last; node is not null; node = node.Previous)
            {
                if (node.Value.Id == step.Id)
                {
                    node.Value = node.Value with { Version = version };
                    break;
                }
            }
        }
    }

    public void Drop(bool undo, Step step)
    {
        lock (_undo)
        {
            (undo ? _undo : _redo).Remove(step);
        }
    }
}
