using System.Collections;

namespace DendriteViewer.Web.Hosting;

/// <summary>
/// Stands before every logging provider (console, files, OpenTelemetry, whatever is added later) and takes secrets out of what they are
/// given: the message, each structured value, scopes, and exceptions. An event without secrets is passed on as it is.
/// </summary>
/// <param name="inner">The factory that has the providers.</param>
/// <param name="redactor">Knows the secrets.</param>
public sealed class RedactingLoggers(LoggerFactory inner, SecretRedactor redactor) : ILoggerFactory
{
    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Redacting(inner.CreateLogger(categoryName), redactor, categoryName);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private sealed class Redacting(ILogger inner, SecretRedactor redactor, string category) : ILogger
    {
        // The host logs why it did not start with a stack trace; DendriteHost says the same in one sentence.
        private readonly int _unlogged = category == "Microsoft.Extensions.Hosting.Internal.Host" ? 11 : -1;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => Redact(state) is { } redacted ? inner.BeginScope(redacted) : inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?,
            string> formatter)
        {
            if (!inner.IsEnabled(logLevel) || eventId.Id == _unlogged)
            {
                return;
            }

            var thrown = exception is null ? null : Redact(exception);
            var message = formatter(state, exception);
            var safe = redactor.Redact(message);
            if (Redact(state) is { } redacted)
            {
                inner.Log(logLevel, eventId, redacted with { Text = safe }, thrown, static (s, _) => s.Text);
            }
            else if (!ReferenceEquals(safe, message))
            {
                inner.Log(logLevel, eventId, new RedactedState(safe, []), thrown, static (s, _) => s.Text);
            }
            else
            {
                inner.Log(logLevel, eventId, state, thrown, formatter);
            }
        }

        // Null where nothing had to be hidden.
        private RedactedState? Redact<TState>(TState state)
        {
            if (state is not IReadOnlyList<KeyValuePair<string, object?>> values)
            {
                var text = state?.ToString() ?? "";
                var safe = redactor.Redact(text);
                return ReferenceEquals(text, safe) ? null : new RedactedState(safe, []);
            }

            KeyValuePair<string, object?>[]? redacted = null;
            for (var i = 0; i < values.Count; i++)
            {
                var (name, value) = values[i];
                if (value is null or bool or int or long or double or decimal or Enum or Guid or DateTimeOffset or TimeSpan)
                {
                    continue;
                }

                var text = value as string ?? value.ToString() ?? "";
                var safe = redactor.Redact(text);
                if (!ReferenceEquals(text, safe))
                {
                    redacted ??= [.. values];
                    redacted[i] = new(name, safe);
                }
            }

            return redacted is null ? null : new RedactedState(redactor.Redact(state.ToString() ?? ""), redacted);
        }

        private Exception Redact(Exception exception)
        {
            var text = exception.ToString();
            var safe = redactor.Redact(text);
            return ReferenceEquals(text, safe) ? exception : new RedactedException(redactor.Redact(exception.Message), safe);
        }
    }

    private sealed record RedactedState(string Text, IReadOnlyList<KeyValuePair<string, object?>> Values)
        : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => Values.Count;

        public KeyValuePair<string, object?> this[int index] => Values[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Values.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => Text;
    }

    private sealed class RedactedException(string message, string text) : Exception(message)
    {
        public override string ToString() => text;
    }
}
