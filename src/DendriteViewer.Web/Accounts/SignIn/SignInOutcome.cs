namespace DendriteViewer.Web.Accounts.SignIn;

/// <summary>What became of an attempt to sign in.</summary>
public enum SignInStep
{
    /// <summary>The person is signed in.</summary>
    Done,

    /// <summary>A code of the second factor is asked for next.</summary>
    Code,

    /// <summary>A second factor has to be set up first.</summary>
    SetUp,

    /// <summary>It was refused; the sentence says why.</summary>
    Refused,
}

/// <summary>What became of an attempt to sign in, and what to say.</summary>
/// <param name="Step">What comes next.</param>
/// <param name="Sentence">Why it was refused; null where it was not.</param>
public sealed record SignInOutcome(SignInStep Step, string? Sentence = null);
