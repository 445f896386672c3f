namespace DendriteViewer.Web.Tests.Streaming;

/// <summary>A clock that stands still until it is set, in milliseconds.</summary>
internal sealed class ManualTime : TimeProvider
{
    public double Now { get; set; }

    public override long TimestampFrequency => 1_000_000;

    public override long GetTimestamp() => (long)(Now * 1000);
}
