using System.Text.Json;

namespace DendriteViewer.Imaging.Tests;

/// <summary>Reference data that others made, beside the repository; tests that read it are skipped where it is absent.</summary>
internal static class TestData
{
    public static readonly string Repository = FindRepository();

    public static readonly string Folder = Path.GetFullPath(Path.Combine(Repository, "../shared/data"));

    public static string File(string name) => Path.Combine(Folder, name);

    public static string Sha256(string volume)
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(File("volumes.json")));
        return document.RootElement.GetProperty(volume).GetProperty("sha256_C_order_LE").GetString()!;
    }

    private static string FindRepository()
    {
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(d.FullName, "DendriteViewer.sln")))
            {
                return d.FullName;
            }
        }

        throw new InvalidOperationException("The tests run from inside the repository.");
    }
}

/// <summary>A fact that needs the reference data.</summary>
internal sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute()
    {
        if (!Directory.Exists(TestData.Folder))
        {
            Skip = "The reference data is not beside the repository (../shared/data).";
        }
    }
}

/// <summary>A theory that needs the reference data.</summary>
internal sealed class DataTheoryAttribute : TheoryAttribute
{
    public DataTheoryAttribute()
    {
        if (!Directory.Exists(TestData.Folder))
        {
            Skip = "The reference data is not beside the repository (../shared/data).";
        }
    }
}

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("dendrite-test-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
