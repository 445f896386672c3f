namespace DendriteViewer.Web.Accounts;

/// <summary>Why a session that a browser still holds a cookie of is over.</summary>
public enum SessionEnd
{
    /// <summary>The password was changed, by the person or by an administrator.</summary>
    Password,

    /// <summary>The account was removed.</summary>
    Removed,

    /// <summary>The link by which the browser came ended or was revoked.</summary>
    Link,

    /// <summary>The account was disabled.</summary>
    Disabled,

    /// <summary>The person signed out in this browser.</summary>
    SignedOut,

    /// <summary>The person ended it from another browser.</summary>
    Elsewhere,

    /// <summary>An administrator ended it.</summary>
    Administrator,

    /// <summary>A second factor is needed now, and the account has none.</summary>
    SecondFactor,
}
