namespace DendriteViewer.Web;

/// <summary>Why the server cannot start, or a command of it cannot be done: one sentence that says what, where and what to do.</summary>
public sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
