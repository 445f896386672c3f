using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Tests.Viewing;

public sealed class OpeningsTests
{
    [Theory]
    [InlineData("/d/cell", "cell")]
    [InlineData("/d/cell/", "cell")]
    [InlineData("/d/", null)]
    [InlineData("/d", null)]
    [InlineData("/d/cell/more", null)]
    [InlineData("/data/cell", null)]
    [InlineData("/", null)]
    public void Path_OfAViewer_NamesItsDataset(string path, string? dataset) => Assert.Equal(dataset, Openings.DatasetOf(path));

    [Fact]
    public void Session_OfThePage_IsTakenOnce()
    {
        var opened = new OpenedSession("abc");
        Assert.Equal("abc", opened.Take());
        Assert.Null(opened.Take());
    }

    [Theory]
    [InlineData("?v=1&identity=abc", "abc")]
    [InlineData("?IDENTITY=abc", "abc")]
    [InlineData("?v=1", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Identity_InAnAddress_IsRead(string? query, string? identity) => Assert.Equal(identity, ViewLink.IdentityOf(query));
}
