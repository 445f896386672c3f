namespace DendriteViewer.Web.Annotations;

/// <summary>Something that people edit together, and whose every edit is kept: a site, a measurement.</summary>
/// <typeparam name="T">The record itself.</typeparam>
public interface IEdited<T>
    where T : class, IEdited<T>
{
    /// <summary>Stable id within its dataset.</summary>
    string Id { get; }

    /// <summary>Counts the edits from 1.</summary>
    int Version { get; }

    /// <summary>Whether it was deleted; the log keeps it.</summary>
    bool Deleted { get; }

    /// <summary>The same at another version and time.</summary>
    /// <param name="version">The version that an edit makes or expects.</param>
    /// <param name="changedAt">When, Unix milliseconds; null leaves the time.</param>
    T AtVersion(int version, long? changedAt = null);

    /// <summary>The same, deleted.</summary>
    T AsDeleted();
}
