using Microsoft.AspNetCore.WebUtilities;

namespace DendriteViewer.Web.Accounts.SignIn;

/// <summary>Addresses of the steps between a password and being signed in.</summary>
public static class ReturnPath
{
    /// <summary>The address of a step, which knows where to go afterwards.</summary>
    /// <param name="step">The step's path.</param>
    /// <param name="wanted">Where the person wanted to go.</param>
    public static string With(string step, string? wanted) => ReturnAddress.Of(wanted) is var own && own == "/" ? step
        : QueryHelpers.AddQueryString(step, "ReturnUrl", own);
}
