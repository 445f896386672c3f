using System.Net;
using DendriteViewer.Web.Monitoring;
using Microsoft.AspNetCore.Http;

namespace DendriteViewer.Web.Tests.Monitoring;

public sealed class MonitoringTests
{
    private const string Token = "a-token-of-some-length";

    [Theory]
    [InlineData("127.0.0.1", null, null, true)]
    [InlineData("::1", null, null, true)]
    [InlineData("10.0.0.1", null, null, false)]
    [InlineData("127.0.0.1", "X-Forwarded-For", "127.0.0.1", false)] // a proxy on this machine
    [InlineData("127.0.0.1", "Forwarded", "for=127.0.0.1", false)]
    [InlineData("127.0.0.1", "Via", "1.1 proxy", false)]
    [InlineData("10.0.0.1", "X-Forwarded-For", "127.0.0.1", false)]
    [InlineData("10.0.0.1", "Authorization", "Bearer " + Token, true)]
    [InlineData("10.0.0.1", "Authorization", "bearer " + Token, true)]
    [InlineData("10.0.0.1", "Authorization", "Bearer another", false)]
    [InlineData("10.0.0.1", "Authorization", "Bearer ", false)]
    [InlineData("10.0.0.1", "Authorization", Token, false)]
    public void Caller_IsAnsweredFromThisMachineOrWithTheToken(string address, string? header, string? value, bool allowed)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Host = new HostString("localhost");
        if (header is not null)
        {
            context.Request.Headers[header] = value;
        }

        Assert.Equal(allowed, MonitoringRegistration.IsAllowed(context, Token));
        Assert.False(header == "Authorization" && address == "10.0.0.1" && MonitoringRegistration.IsAllowed(context, null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    public void Options_TokenThatIsShort_IsRefused(string token) =>
        Assert.Contains(new DendriteOptions { MetricsToken = token }.Problems(), p => p.Contains("MetricsToken", StringComparison.Ordinal));
}
