using MudBlazor;

namespace DendriteViewer.Web.Components.Shell;

/// <summary>
/// Both palettes as one style sheet, which stands in the page's head: colours are right before any circuit is up, and a change of theme
/// is a change of one attribute (data-theme on the root element) that needs no server. This is why no MudThemeProvider is rendered.
/// </summary>
public sealed class ThemeStyles : MudThemeProvider
{
    private ThemeStyles(bool isDark)
    {
        Theme = DendriteTheme.Of(isDark);
        IsDarkMode = isDark;
    }

    /// <summary>The style elements of both.</summary>
    public static string Text { get; } = Of(isDark: true) + Of(isDark: false);

    private static string Of(bool isDark) => new ThemeStyles(isDark).BuildTheme();
}
