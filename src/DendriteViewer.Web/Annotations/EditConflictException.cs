namespace DendriteViewer.Web.Annotations;

/// <summary>An edit that would overwrite somebody else's.</summary>
public sealed class EditConflictException(string message) : Exception(message);
