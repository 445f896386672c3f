using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Tests.Bricks;

/// <summary>Asking for huge pages changes where memory lies and nothing else.</summary>
public sealed class HugePagesTests
{
    [Fact]
    public void Join_PagesOfAnArray_KeepsItsContent()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var data = new byte[9 << 20];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = (byte)(i * 31 >> 3);
        }

        // Pages at both ends belong to other objects of the heap too, or to nobody.
        var (from, to) = HugePages.PagesOf(data);
        HugePages.Join([.. Enumerable.Range(-1, (int)(to - from) + 3).Select(i => from + i)]);

        Assert.True(Enumerable.Range(0, data.Length).All(i => data[i] == (byte)(i * 31 >> 3)));
    }

    [Fact]
    public void Ask_ArraysThatAreForgotten_IsNoError()
    {
        for (var i = 0; i < 50; i++)
        {
            HugePages.Ask(new byte[100_000]);
        }

        HugePages.Ask([]);
    }
}
