namespace DendriteViewer.Web.Accounts;

/// <summary>Where a person wanted to go before they were asked to sign in.</summary>
public static class ReturnAddress
{
    /// <summary>The address where it is a path of this site, else the first page.</summary>
    public static string Of(string? wanted) =>
        wanted is ['/', not '/' and not '\\', ..] && !wanted.Any(char.IsControl) ? wanted : wanted == "/" ? wanted : "/";
}
