using Microsoft.AspNetCore.Identity;

namespace DendriteViewer.Web.Accounts.SignIn;

/// <summary>
/// Which passwords are refused, after NIST SP 800-63B: those that others use commonly, also with digits and signs around them or twice in a
/// row; those of fewer than four different characters; and those that have the person's own name or e-mail in them. Which kinds of
/// characters a password has is nobody's business.
/// </summary>
public sealed class PasswordRules : IPasswordValidator<AppUser>
{
    /// <summary>Least characters.</summary>
    public const int Least = 10;

    /// <summary>Most characters: more would only keep the server busy.</summary>
    public const int Most = 200;

    private const int LeastDifferent = 4, ShortestOwnWord = 4;
    private static readonly Lazy<HashSet<string>> s_common = new(Read);

    /// <inheritdoc/>
    public Task<IdentityResult> ValidateAsync(UserManager<AppUser> manager, AppUser user, string? password) =>
        Task.FromResult(Problem(password ?? "", user.DisplayName, user.Email) is { } problem
            ? IdentityResult.Failed(new IdentityError { Code = "Password", Description = problem }) : IdentityResult.Success);

    /// <summary>Why a password is refused, one sentence; null where it may be used.</summary>
    /// <param name="password">The password.</param>
    /// <param name="name">The person's name.</param>
    /// <param name="email">The person's e-mail.</param>
    public static string? Problem(string password, string? name, string? email)
    {
        if (password.Length is < Least or > Most)
        {
            return $"A password has {Least} to {Most} characters; this one has {password.Length}.";
        }

        var lower = password.ToLowerInvariant();
        if (lower.Distinct().Count() < LeastDifferent)
        {
            return "This password has too few different characters; choose another.";
        }

        var stem = lower.Trim([.. lower.Where(c => !char.IsLetter(c)).Distinct()]);
        var half = lower[..(lower.Length / 2)];
        if (s_common.Value.Contains(lower) || (stem.Length > 0 && s_common.Value.Contains(stem))
            || (half + half == lower && s_common.Value.Contains(half)))
        {
            return "Many people use this password, so it is guessed first; choose another, as four words that do not belong together.";
        }

        return OwnWords(name, email).Any(w => lower.Contains(w, StringComparison.Ordinal))
            ? "This password has your own name or e-mail in it; choose another." : null;
    }

    private static IEnumerable<string> OwnWords(string? name, string? email)
    {
        var words = (name ?? "").Split([' ', '-', '.', '\''], StringSplitOptions.RemoveEmptyEntries).Append((name ?? "").Replace(" ", ""))
            .Append((email ?? "").Split('@')[0]);
        return words.Select(w => w.Trim().ToLowerInvariant()).Where(w => w.Length >= ShortestOwnWord);
    }

    private static HashSet<string> Read()
    {
        using var stream = typeof(PasswordRules).Assembly.GetManifestResourceStream("common-passwords.txt")!;
        using var reader = new StreamReader(stream);
        var all = new HashSet<string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            all.Add(line);
        }

        return all;
    }
}
