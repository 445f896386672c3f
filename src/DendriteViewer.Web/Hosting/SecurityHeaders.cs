namespace DendriteViewer.Web.Hosting;

/// <summary>What every answer tells the browser, and no actions by other sites' pages.</summary>
public static class SecurityHeaders
{
    // Browsers count two years as long enough; what lies below this host's name is not ours to bind.
    private const string StrictTransport = "max-age=63072000";

    private const string NoFrames = "frame-ancestors 'none'";

    // Marks a request whose answer other sites may show.
    private static readonly object s_framed = new();

    private const string Permissions =
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), geolocation=(), gyroscope=(), hid=(), "
        + "magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), "
        + "xr-spatial-tracking=(), clipboard-write=(self), fullscreen=(self)";

    /// <summary>Sets the headers, and refuses what a page of another site asks for with this browser's cookies.</summary>
    public static void UseSecurityHeaders(this WebApplication app)
    {
        var address = app.Services.GetService<PublicAddress>();
        var content = ContentPolicy(address);
        app.Use(async (context, next) =>
        {
            var isSecure = IsReachedSecurely(context.Request, address);
            Add(context, content, isSecure);

            // An answer that tells of a failure begins anew, without headers.
            context.Response.OnStarting(() =>
            {
                Add(context, content, isSecure);
                return Task.CompletedTask;
            });

            if (IsForeign(context.Request, address))
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return;
            }

            await next();
        });
    }

    /// <summary>Lets pages of these sites show this answer in a frame; all else of the policy stays.</summary>
    public static void AllowFrames(HttpContext context, IReadOnlyList<string> origins)
    {
        var headers = context.Response.Headers;
        context.Items[s_framed] = true;
        headers.Remove("X-Frame-Options");
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        headers["Content-Security-Policy"] = headers["Content-Security-Policy"].ToString()
            .Replace(NoFrames, $"frame-ancestors {string.Join(' ', origins)}", StringComparison.Ordinal);
    }

    // What is there already, whoever answers has chosen.
    private static void Add(HttpContext context, string content, bool isSecure)
    {
        var headers = context.Response.Headers;
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        if (!context.Items.ContainsKey(s_framed))
        {
            headers.TryAdd("X-Frame-Options", "DENY");
        }

        headers.TryAdd("Referrer-Policy", "same-origin");
        headers.TryAdd("Permissions-Policy", Permissions);
        headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
        headers.TryAdd("Content-Security-Policy", content);
        if (isSecure)
        {
            headers.TryAdd("Strict-Transport-Security", StrictTransport);
        }
    }

    /// <summary>
    /// The content policy. 'self' covers this origin's WebSockets in browsers that follow CSP 3; where the public address is known it is
    /// named too, for those that do not.
    /// </summary>
    public static string ContentPolicy(PublicAddress? address) =>
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
        + $"connect-src 'self'{(address is null ? "" : " " + address.WebSocketOrigin)}; font-src 'self' data:; object-src 'none'; "
        + NoFrames + "; base-uri 'self'; form-action 'self'";

    // Never for this machine's own names, where other programs may speak http.
    private static bool IsReachedSecurely(HttpRequest request, PublicAddress? address) =>
        !LocalRequests.IsLoopbackName(request.Host.Host) && (request.IsHttps || (address is { IsSecure: true } && IsHost(request,
            address)));

    private static bool IsHost(HttpRequest request, PublicAddress address) =>
        string.Equals(request.Host.Value, address.Authority, StringComparison.OrdinalIgnoreCase);

    private static bool IsForeign(HttpRequest request, PublicAddress? address)
    {
        var acts = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        var opensSocket = request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase)
            || HttpMethods.IsConnect(request.Method);
        var origin = request.Headers.Origin.ToString();
        return (acts || opensSocket) && origin.Length > 0
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsOwn(uri, request, address));
    }

    // By the public name, with its scheme too: whoever sits between could answer for the same name over http.
    private static bool IsOwn(Uri origin, HttpRequest request, PublicAddress? address) =>
        (address is not null && origin.GetLeftPart(UriPartial.Authority) == address.Of(""))
        || (!(address is not null && IsHost(request, address))
            && string.Equals(origin.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
}
