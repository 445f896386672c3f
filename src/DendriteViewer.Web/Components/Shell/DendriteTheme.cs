using MudBlazor;

namespace DendriteViewer.Web.Components.Shell;

/// <summary>
/// The app's look: neutral greys without a tint, so that grey levels of pictures are judged fairly; cyan, the colour of lithium, for what
/// acts; red for failure alone. Void, lithium and band keep their colours on pictures in both themes (wwwroot/app.css).
/// </summary>
public static class DendriteTheme
{
    private static readonly string[] s_fonts = ["Inter Variable", "system-ui", "Segoe UI", "DejaVu Sans", "sans-serif"];

    /// <summary>The theme with its palettes under the root element's data-theme attribute.</summary>
    public static MudTheme Of(bool isDark) => new()
    {
        PseudoCss = new PseudoCss { Scope = isDark ? ":root" : ":root[data-theme=\"light\"]" },
        PaletteDark = s_dark,
        PaletteLight = s_light,
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "6px", AppbarHeight = "48px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = s_fonts, FontSize = ".875rem", LineHeight = "1.45", LetterSpacing = "normal" },
            H1 = new H1Typography { FontSize = "1.375rem", FontWeight = "600", LineHeight = "1.3", LetterSpacing = "-.01em" },
            H2 = new H2Typography { FontSize = "1.0625rem", FontWeight = "600", LineHeight = "1.35", LetterSpacing = "normal" },
            H3 = new H3Typography { FontSize = ".9375rem", FontWeight = "600", LineHeight = "1.4", LetterSpacing = "normal" },
            H4 = new H4Typography { FontSize = ".875rem", FontWeight = "600", LineHeight = "1.4", LetterSpacing = "normal" },
            H5 = new H5Typography { FontSize = ".875rem", FontWeight = "600", LineHeight = "1.4", LetterSpacing = "normal" },
            H6 = new H6Typography { FontSize = ".9375rem", FontWeight = "600", LineHeight = "1.4", LetterSpacing = "normal" },
            Subtitle1 = new Subtitle1Typography { FontSize = ".875rem", FontWeight = "400", LineHeight = "1.4", LetterSpacing = "normal" },
            Subtitle2 = new Subtitle2Typography { FontSize = ".8125rem", FontWeight = "600", LineHeight = "1.4", LetterSpacing = "normal" },
            Body1 = new Body1Typography { FontSize = ".875rem", LineHeight = "1.45", LetterSpacing = "normal" },
            Body2 = new Body2Typography { FontSize = ".8125rem", LineHeight = "1.4", LetterSpacing = "normal" },
            Button = new ButtonTypography
            {
                FontSize = ".8125rem", FontWeight = "600", LineHeight = "1.5", LetterSpacing = "normal", TextTransform = "none",
            },
            Caption = new CaptionTypography { FontSize = ".75rem", LineHeight = "1.4", LetterSpacing = "normal" },
        },
    };

    private static readonly PaletteDark s_dark = new()
    {
        Black = "#0b0b0b", White = "#f5f5f5",
        Primary = "#35c9e8", PrimaryContrastText = "#06222a",
        Secondary = "#c4c4c4", SecondaryContrastText = "#141414",
        Tertiary = "#b49cff", TertiaryContrastText = "#1a1030",
        Info = "#35c9e8", InfoContrastText = "#06222a",
        Success = "#7fce95", SuccessContrastText = "#0c2413",
        Warning = "#e0a030", WarningContrastText = "#241803",
        Error = "#ff7b72", ErrorContrastText = "#2b0705",
        Dark = "#303030", DarkContrastText = "#ececec",
        Background = "#141414", BackgroundGray = "#101010", Surface = "#1d1d1d",
        AppbarBackground = "#1d1d1d", AppbarText = "#ececec", DrawerBackground = "#1d1d1d", DrawerText = "#ececec", DrawerIcon = "#b4b4b4",
        TextPrimary = "#ececec", TextSecondary = "#b4b4b4", TextDisabled = "#8a8a8a",
        ActionDefault = "#c4c4c4", ActionDisabled = "#6c6c6c", ActionDisabledBackground = "#2c2c2c",
        LinesDefault = "#363636", LinesInputs = "#7a7a7a", Divider = "#363636", DividerLight = "#2a2a2a",
        TableLines = "#2e2e2e", TableStriped = "#202020", TableHover = "#282828",
        GrayDefault = "#8f8f8f", GrayLight = "#b4b4b4", GrayLighter = "#363636", GrayDark = "#6c6c6c", GrayDarker = "#4a4a4a",
        OverlayDark = "rgba(0,0,0,.6)", Skeleton = "#2b2b2b",
    };

    private static readonly PaletteLight s_light = new()
    {
        Black = "#111111", White = "#ffffff",
        Primary = "#00728a", PrimaryContrastText = "#ffffff",
        Secondary = "#4a4a4a", SecondaryContrastText = "#ffffff",
        Tertiary = "#5b3fc4", TertiaryContrastText = "#ffffff",
        Info = "#00728a", InfoContrastText = "#ffffff",
        Success = "#1f7a3a", SuccessContrastText = "#ffffff",
        Warning = "#8a5300", WarningContrastText = "#ffffff",
        Error = "#b3261e", ErrorContrastText = "#ffffff",
        Dark = "#2b2b2b", DarkContrastText = "#ffffff",
        Background = "#f4f4f4", BackgroundGray = "#ececec", Surface = "#ffffff",
        AppbarBackground = "#ffffff", AppbarText = "#1a1a1a", DrawerBackground = "#ffffff", DrawerText = "#1a1a1a", DrawerIcon = "#565656",
        TextPrimary = "#1a1a1a", TextSecondary = "#565656", TextDisabled = "#737373",
        ActionDefault = "#4a4a4a", ActionDisabled = "#a0a0a0", ActionDisabledBackground = "#e4e4e4",
        LinesDefault = "#d6d6d6", LinesInputs = "#767676", Divider = "#d6d6d6", DividerLight = "#e6e6e6",
        TableLines = "#e2e2e2", TableStriped = "#f7f7f7", TableHover = "#f0f0f0",
        GrayDefault = "#737373", GrayLight = "#565656", GrayLighter = "#d6d6d6", GrayDark = "#4a4a4a", GrayDarker = "#303030",
        OverlayDark = "rgba(0,0,0,.45)", Skeleton = "#e2e2e2",
    };
}
