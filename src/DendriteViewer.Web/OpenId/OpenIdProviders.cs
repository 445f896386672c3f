namespace DendriteViewer.Web.OpenId;

/// <summary>The providers that the configuration names.</summary>
public sealed class OpenIdProviders(DendriteOptions options)
{
    /// <summary>All of them, in the configuration's order.</summary>
    public IReadOnlyList<OpenIdOptions> All => options.OpenId;

    /// <summary>The provider of a name as addresses have it, or null.</summary>
    public OpenIdOptions? Find(string? slug) => options.OpenId.FirstOrDefault(p => p.Slug == slug);

    /// <summary>What people call the provider of an issuer; the issuer itself where the configuration names it no more.</summary>
    public string NameOf(string issuer) => options.OpenId.FirstOrDefault(p => p.IssuerKey == issuer)?.Name ?? issuer;

    /// <summary>What a person is told, by the word for the refusal that an address has; null where it has none that is known.</summary>
    public string? Sentence(string? refusal, string? slug) =>
        Enum.TryParse<ExternalRefusal>(refusal, ignoreCase: true, out var known) && Enum.IsDefined(known) ? Sentence(known, slug) : null;

    /// <summary>What a person is told who is not signed in.</summary>
    /// <param name="refusal">Why.</param>
    /// <param name="slug">The provider, as addresses name it.</param>
    public string Sentence(ExternalRefusal refusal, string? slug)
    {
        var name = Find(slug)?.Name ?? "the provider";
        return refusal switch
        {
            ExternalRefusal.Again => $"That sign-in at {name} was begun elsewhere, took too long, or was used already; begin it again.",
            ExternalRefusal.Away => $"{name} does not answer now; try again, and if that does not help tell the administrator.",
            ExternalRefusal.Denied => $"You were not signed in at {name}, or did not agree there; nothing was changed.",
            ExternalRefusal.NoEmail => $"{name} does not say which e-mail is yours, so no account is found by it. Sign in another way and "
                + "link it on the page Access tokens.",
            ExternalRefusal.NotVerified => $"{name} has not verified your e-mail, so it opens no account. Verify it there, or sign "
                + $"in another way and link {name} on the page Access tokens.",
            ExternalRefusal.Domain => $"E-mails of your domain open no account here by {name}; ask an administrator.",
            ExternalRefusal.NoAccount => $"Nobody has an account here under the e-mail that {name} tells; ask an administrator for one, "
                + "or the owner of a dataset for an invitation to that address.",
            ExternalRefusal.Unproven => "Whoever made the account of your e-mail did not prove that the address is theirs. If it is your "
                + $"account, sign in with its password and link {name} on the page Access tokens; if not, choose a password by a link "
                + "that is mailed there, which confirms the address, or tell an administrator.",
            ExternalRefusal.OtherLogin => $"The account is linked to somebody else at {name}; take that link off on the page Access tokens "
                + "first, or ask an administrator.",
            ExternalRefusal.OtherAccount => $"That login at {name} is linked to another account here; take it off there first.",
            ExternalRefusal.Stale => $"{name} says that you signed in there some time ago, and did not ask you again, so it confirms "
                + "nothing. Sign out there and try again, or have an administrator make you a link by which you choose a password.",
            ExternalRefusal.Untimed => $"{name} does not say when you signed in there, so it confirms nothing. The server's administrator "
                + "can have it send the claim auth_time, or make you a link by which you choose a password.",
            ExternalRefusal.Another =>
                $"You signed in at {name} as somebody whose login is not linked to this account; nothing is confirmed.",
            ExternalRefusal.Disabled => "This account is disabled; ask an administrator.",
            _ => $"What {name} answered is not valid, so nobody was signed in; tell the administrator.",
        };
    }
}
