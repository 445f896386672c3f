namespace DendriteViewer.Web.Hosting;

/// <summary>Turns an exception into what a person is told, and writes into the log what an administrator needs to find it there.</summary>
public sealed partial class Failures(SecretRedactor redactor, ILogger<Failures> log)
{
    /// <summary>The sentence for whoever asked.</summary>
    public string Tell(Exception exception) => Tell(exception, out _);

    /// <summary>The sentence for whoever asked, and what kind of failure it is.</summary>
    public string Tell(Exception exception, out Failure failure)
    {
        failure = Failure.Of(exception);
        var number = Failure.NewNumber();
        if (!failure.IsForeseen)
        {
            LogUnforeseen(log, exception, number);
        }
        else if (failure.Status >= StatusCodes.Status500InternalServerError)
        {
            LogForeseen(log, exception.Message);
        }

        return redactor.Redact(failure.Told(number));
    }

    [LoggerMessage(LogLevel.Error, "Failure {Number}")]
    private static partial void LogUnforeseen(ILogger logger, Exception exception, string number);

    [LoggerMessage(LogLevel.Warning, "Something that was asked for failed: {Reason}")]
    private static partial void LogForeseen(ILogger logger, string reason);
}
