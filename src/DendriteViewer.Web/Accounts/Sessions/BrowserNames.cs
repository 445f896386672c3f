namespace DendriteViewer.Web.Accounts.Sessions;

/// <summary>What a browser's User-Agent says, in words in which a person knows it again.</summary>
public static class BrowserNames
{
    // In this order: each of these names those behind it too.
    private static readonly (string Mark, string Name)[] s_browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] s_systems =
    [
        ("Android", "Android"), ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Windows", "Windows"), ("Mac OS X", "a Mac"),
        ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ];

    /// <summary>“Firefox on Linux”, or “a program” where it is no browser that is known.</summary>
    public static string Of(string? agent)
    {
        var browser = NameIn(agent, s_browsers);
        var system = NameIn(agent, s_systems);
        return browser is null ? "a program" : system is null ? browser : $"{browser} on {system}";
    }

    private static string? NameIn(string? agent, (string Mark, string Name)[] names) =>
        Array.Find(names, n => agent?.Contains(n.Mark, StringComparison.Ordinal) == true).Name;
}
