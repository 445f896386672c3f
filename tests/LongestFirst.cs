using System.Reflection;
using Xunit.Abstractions;

namespace DendriteViewer.Tests;

/// <summary>The test classes of a project that take longest, by processor time. The others follow them in any order.</summary>
/// <param name="classes">The longest first.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class LongestAttribute(params Type[] classes) : Attribute
{
    /// <summary>Their names, the longest first.</summary>
    public IReadOnlyList<string> Names { get; } = Array.ConvertAll(classes, c => c.FullName!);
}

/// <summary>Begins with the classes that take longest, so that no core idles at the end while one of them still runs.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> collections)
    {
        var names = typeof(LongestFirst).Assembly.GetCustomAttribute<LongestAttribute>()!.Names;
        return collections.OrderBy(c => names.Index().Where(n => c.DisplayName.EndsWith(" for " + n.Item, StringComparison.Ordinal))
            .Select(n => n.Index).DefaultIfEmpty(names.Count).First());
    }
}
