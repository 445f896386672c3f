namespace DendriteViewer.Web.Accounts.SignIn;

/// <summary>How often signing in failed of late, by account, by network, or by both. See <see cref="SignInThrottle"/>.</summary>
public sealed class SignInCount
{
    /// <summary>Whose failures they are: a hash, so that what somebody typed as an e-mail is not kept.</summary>
    public required string Key { get; set; }

    /// <summary>How many were counted at <see cref="At"/>, less what was forgiven since those before.</summary>
    public double Failures { get; set; }

    /// <summary>When the last was counted, Unix milliseconds.</summary>
    public long At { get; set; }
}
