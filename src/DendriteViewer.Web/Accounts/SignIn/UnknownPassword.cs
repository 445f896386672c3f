using Microsoft.AspNetCore.Identity;

namespace DendriteViewer.Web.Accounts.SignIn;

/// <summary>
/// What is compared where there is no password to compare with, so that an e-mail without an account costs the same work.
/// </summary>
public sealed class UnknownPassword(IServiceScopeFactory scopes)
{
    private static readonly AppUser s_nobody = new();
    private readonly Lazy<string> _hash = new(() => Use(scopes, h => h.HashPassword(s_nobody, Guid.NewGuid().ToString("N"))));

    /// <summary>Makes the hash now, so that the first attempt does not cost two.</summary>
    public void Prepare() => _ = _hash.Value;

    /// <summary>Hashes a password in vain.</summary>
    /// <returns>False.</returns>
    public bool Check(string? password)
    {
        var text = password is { Length: <= PasswordRules.Most } ? password : "";
        Use(scopes, h => h.VerifyHashedPassword(s_nobody, _hash.Value, text));
        return false;
    }

    private static T Use<T>(IServiceScopeFactory scopes, Func<IPasswordHasher<AppUser>, T> use)
    {
        using var scope = scopes.CreateScope();
        return use(scope.ServiceProvider.GetRequiredService<IPasswordHasher<AppUser>>());
    }
}
