using DendriteViewer.Web.Audit;

namespace DendriteViewer.Web.Administration;

/// <summary>Kinds of the audit log as people read them.</summary>
internal static class AuditWords
{
    /// <summary>A kind, or “anything” for none.</summary>
    public static string Of(AuditKind? kind) => kind switch
    {
        null => "anything",
        AuditKind.SignIn => "sign-ins",
        AuditKind.SignInFailed => "refused sign-ins",
        AuditKind.SignOut => "sign-outs",
        AuditKind.Password => "passwords",
        AuditKind.SecondFactor => "second factors",
        AuditKind.Session => "ended sessions",
        AuditKind.Account => "accounts",
        AuditKind.Token => "access tokens",
        AuditKind.Group => "groups",
        AuditKind.Role => "roles",
        AuditKind.Invitation => "invitations",
        AuditKind.Visibility => "public datasets",
        AuditKind.Link => "links",
        AuditKind.Import => "imports",
        AuditKind.Export => "exports",
        AuditKind.Correction => "corrections",
        AuditKind.Deletion => "deletions",
        AuditKind.Annotation => "restored annotations",
        AuditKind.Description => "descriptions",
        _ => kind.ToString()!,
    };
}
