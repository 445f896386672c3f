namespace DendriteViewer.Web.Mail;

/// <summary>Section "Dendrite:Smtp": the server that sends mail.</summary>
public sealed class SmtpOptions
{
    /// <summary>Name of the server.</summary>
    public string Host { get; init; } = "";

    /// <summary>Its port, 1 to 65535. Default: 587.</summary>
    public int Port { get; init; } = 587;

    /// <summary>
    /// How the line is protected: starttls, tls (from the first byte, as on port 465), or none, which is for a server on this machine.
    /// Default: starttls.
    /// </summary>
    public string Security { get; init; } = "starttls";

    /// <summary>Who signs in there. Default: nobody does.</summary>
    public string? User { get; init; }

    /// <summary>The password for that.</summary>
    public string? Password { get; init; }

    /// <summary>The address that mail comes from.</summary>
    public string From { get; init; } = "";

    /// <summary>What is wrong, each as one sentence.</summary>
    public IEnumerable<string> Problems(string? publicAddress)
    {
        if (string.IsNullOrWhiteSpace(Host))
        {
            yield return "Dendrite:Smtp:Host is empty; name the mail server, or leave Dendrite:Smtp out.";
        }

        if (Port is < 1 or > 65535)
        {
            yield return $"Dendrite:Smtp:Port is {Port}; give 1 to 65535.";
        }

        if (Security is not ("starttls" or "tls" or "none"))
        {
            yield return $"Dendrite:Smtp:Security is '{Security}'; give starttls, tls or none.";
        }

        if (!MimeKit.MailboxAddress.TryParse(From, out _))
        {
            yield return $"Dendrite:Smtp:From is '{From}', which is no e-mail address; give the one that mail comes from.";
        }

        if (publicAddress is null)
        {
            yield return "Dendrite:Smtp needs Dendrite:PublicAddress, since links in mail are made of it.";
        }
    }
}
