using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace DendriteViewer.Web.Tests;

/// <summary>bUnit was built against a newer AngleSharp.Diffing than the feed has; the copy beside the tests answers for it (decision 0001).</summary>
internal static class BunitSetup
{
    [ModuleInitializer]
    internal static void AnswerForAngleSharpDiffing() => AssemblyLoadContext.Default.Resolving += (context, name) =>
        name.Name == "AngleSharp.Diffing" && Path.Combine(AppContext.BaseDirectory, "AngleSharp.Diffing.dll") is var path && File.Exists(path)
            ? context.LoadFromAssemblyPath(path)
            : null;
}
