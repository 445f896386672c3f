using System.Diagnostics;

namespace DendriteViewer.Web.Tests.Deploying;

/// <summary>The table of docs/scaling.md is what its constants give.</summary>
public sealed class ScalingTableTests
{
    [Fact]
    public async Task TheTableOfDeployments_IsWhatItsConstantsGive()
    {
        var script = Path.Combine(ArchitectureTests.FindRepository(), "deploy/scaling.py");
        using var check = Process.Start(new ProcessStartInfo("python3", [script, "--check"]) { RedirectStandardError = true })!;
        var errors = await check.StandardError.ReadToEndAsync();
        await check.WaitForExitAsync();

        Assert.True(check.ExitCode == 0, errors);
    }
}
