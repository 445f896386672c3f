using System.Diagnostics;

namespace DendriteViewer.Web.Tests.Hosting;

/// <summary>What deploy/audit.mjs makes of what the feeds say.</summary>
public sealed class DependencyAuditTests : IDisposable
{
    private const string Flaw = "https://github.com/advisories/GHSA-1";
    private const string Silent = """{"message":"405 Method Not Allowed"}""";
    private const string Clean = """{"vulnerabilities":{}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("dendrite-audit-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("none", 1, "Some.Package 1.0.0, High")]
    [InlineData("2999-01-01", 0, "excepted until 2999-01-01: it is only used by a test")]
    [InlineData("2020-01-01", 1, "its exception ended 2020-01-01")]
    public async Task KnownVulnerability_FailsUnlessAnExceptionHolds(string until, int expected, string told)
    {
        var exception = $$"""
            {"package":"Some.Package","advisory":"{{Flaw}}","reason":"it is only used by a test","until":"{{until}}"}
            """;
        var (code, output) = await AuditAsync(Report(Flaw), Clean, until == "none" ? "[]" : $"[{exception}]");
        Assert.Contains(told, output);
        Assert.Equal(expected, code);
    }

    [Fact]
    public async Task FeedThatDoesNotAnswer_FailsNothingAndIsNotCalledClean()
    {
        var (code, output) = await AuditAsync("""{"problems":[{"level":"error","text":"no feed"}]}""", Silent, "[]");
        Assert.Equal(0, code);
        Assert.Contains("NuGet: not audited, no feed", output);
        Assert.Contains("npm: not audited, 405 Method Not Allowed", output);
        Assert.DoesNotContain("no known vulnerability", output);
    }

    [Theory]
    [InlineData("""[{"package":"Gone","advisory":"x","reason":"it was needed once","until":"2999-01-01"}]""", "is not found any more")]
    [InlineData("""[{"package":"Some.Package"}]""", "needs package, advisory, a reason")]
    public async Task Exception_ThatExcusesNothingOrHasNoReason_Fails(string exceptions, string told)
    {
        var (code, output) = await AuditAsync("""{"projects":[]}""", Clean, exceptions);
        Assert.Equal(1, code);
        Assert.Contains(told, output);
    }

    [Fact]
    public async Task VulnerabilityOfAnNpmPackage_IsFoundWhereItLiesAndNotWhereItIsUsed()
    {
        const string npm = """
            {"vulnerabilities":{
              "deep":{"name":"deep","range":"<2","via":[{"severity":"high","url":"https://github.com/advisories/GHSA-2"}]},
              "uses":{"name":"uses","range":"*","via":["deep"]}}}
            """;
        var (code, output) = await AuditAsync("""{"projects":[]}""", npm, "[]");
        Assert.Equal(1, code);
        Assert.Contains("npm: deep <2, high: https://github.com/advisories/GHSA-2", output);
        Assert.Contains("npm: 1 known", output);
    }

    private static string Report(string advisory) => $$$"""
        {"projects":[{"path":"a.csproj","frameworks":[{"framework":"net10.0","transitivePackages":[
          {"id":"Some.Package","resolvedVersion":"1.0.0","vulnerabilities":[{"severity":"High","advisoryurl":"{{{advisory}}}"}]}]}]}]}
        """;

    private async Task<(int Code, string Output)> AuditAsync(string nuget, string npm, string exceptions)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "nuget.json"), nuget);
        await File.WriteAllTextAsync(Path.Combine(_folder, "npm.json"), npm);
        await File.WriteAllTextAsync(Path.Combine(_folder, "exceptions.json"), exceptions);
        using var process = Process.Start(new ProcessStartInfo(
            "node", [Path.Combine(ArchitectureTests.FindRepository(), "deploy/audit.mjs"), "--reports", _folder])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
