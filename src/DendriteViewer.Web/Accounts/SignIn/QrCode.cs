using Microsoft.AspNetCore.Components;
using QRCoder;

namespace DendriteViewer.Web.Accounts.SignIn;

/// <summary>The picture by which an authenticator app takes a key, as SVG in the page.</summary>
internal static class QrCode
{
    private const int PixelsAModule = 4;

    /// <summary>The picture: dark on light in both themes, since not every camera reads it the other way round.</summary>
    /// <param name="email">Whose account it is.</param>
    /// <param name="key">The key in base 32.</param>
    public static MarkupString Of(string email, string key)
    {
        var address = $"otpauth://totp/{Uri.EscapeDataString($"DendriteViewer:{email}")}"
            + $"?secret={key}&issuer=DendriteViewer&algorithm=SHA1&digits=6&period={Totp.Period}";
        using var data = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(data);
        return new MarkupString(svg.GetGraphic(PixelsAModule, "#000000", "#ffffff"));
    }
}
