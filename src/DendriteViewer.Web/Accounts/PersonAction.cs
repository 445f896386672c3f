namespace DendriteViewer.Web.Accounts;

/// <summary>What an administrator does with an account.</summary>
public enum PersonAction
{
    /// <summary>Give it another password.</summary>
    Password,

    /// <summary>Make a link by which the person chooses one.</summary>
    Link,

    /// <summary>Vouch for its address.</summary>
    Address,

    /// <summary>Take the second factor off.</summary>
    SecondFactor,

    /// <summary>End all sessions.</summary>
    SignOut,

    /// <summary>Make the person an administrator, or none.</summary>
    Administrator,

    /// <summary>Let it in no more.</summary>
    Disable,

    /// <summary>Let it in again.</summary>
    Enable,

    /// <summary>Remove it.</summary>
    Remove,
}
