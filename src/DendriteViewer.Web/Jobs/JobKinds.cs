using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Exports;

namespace DendriteViewer.Web.Jobs;

/// <summary>Kinds of jobs that are told apart when they are scheduled.</summary>
public static class JobKinds
{
    /// <summary>Waits for what a browser sends: beside any work, and one beside another.</summary>
    public const string Upload = "Upload";

    /// <summary>As what the audit log keeps that somebody asked for a job; null where nothing comes in or goes out by it.</summary>
    public static AuditKind? AuditOf(string kind) => kind switch
    {
        ImportHandler.Name or Upload => AuditKind.Import,
        ExportHandler.Name or MovieHandler.Name or SurfaceHandler.Name => AuditKind.Export,
        _ => null,
    };

    /// <summary>The group of triggers that wait for browsers.</summary>
    internal const string WaitingGroup = "uploads";

    /// <summary>How many of them a server has at once.</summary>
    internal const int MostWaiting = 32;
}
