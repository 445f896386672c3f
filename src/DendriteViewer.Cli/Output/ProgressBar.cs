using System.Globalization;

namespace DendriteViewer.Cli.Output;

/// <summary>A bar on stderr where that is a terminal; elsewhere a line every tenth.</summary>
internal sealed class ProgressBar(string what, TimeProvider time) : IProgress<double>, IDisposable
{
    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private readonly bool _terminal = !Console.IsErrorRedirected;
    private int _last = -1;
    private string _label = what;

    public void Report(string label, double fraction)
    {
        _label = label;
        Report(fraction);
    }

    public void Report(double value)
    {
        lock (_lock)
        {
            var step = (int)(Math.Clamp(value, 0, 1) * (_terminal ? 200 : 10));
            if (step <= _last)
            {
                return;
            }

            _last = step;
            var elapsed = time.GetElapsedTime(_start);
            var left = value > 0.01 ? TimeSpan.FromSeconds(elapsed.TotalSeconds * (1 - value) / value) : (TimeSpan?)null;
            var percent = value.ToString("P0", CultureInfo.InvariantCulture);
            if (_terminal)
            {
                var bar = new string('█', (int)(value * 30)).PadRight(30, '░');
                Console.Error.Write($"\r{bar} {percent,5}  {_label}{(left is { } l ? $", {l:m\\:ss} left" : "")}   ");
            }
            else
            {
                Console.Error.WriteLine($"{_label}: {percent}");
            }
        }
    }

    public void Dispose()
    {
        if (_terminal && _last >= 0)
        {
            Console.Error.Write("\r" + new string(' ', 78) + "\r");
        }
    }
}
