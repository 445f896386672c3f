using System.Text.Json;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Analysis;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Streaming.Calls;

/// <summary>Corrections of what the analysis found, for everybody: points that the interface or the cell's outline goes through.</summary>
/// <param name="callers">Who calls, and what they may do.</param>
/// <param name="analyses">What was found.</param>
public sealed class CorrectionCalls(HubCallers callers, Analyses analyses)
{
    /// <summary>Moves the interface through points: all of them, [[z, y, x], …] in µm, JSON; [] for what was found.</summary>
    public async Task SetInterfaceAsync(HubCallerContext call, string points)
    {
        var session = await callers.CuratorsSessionAsync(call);
        var list = Read(points, 3, "The interface's points are [[z, y, x], …] in µm.");
        await analyses.CorrectInterfaceAsync(session.Dataset, [.. list.Select(c => new WorldPoint(c[0], c[1], c[2]))],
            call.User!.PersonOf(), call.ConnectionAborted);
    }

    /// <summary>
    /// Moves the cell's outline through points: all of them, [[u, v], …] in µm along the two axes across the depth axis, JSON; [] for what
    /// was found.
    /// </summary>
    public async Task SetOutlineAsync(HubCallerContext call, string points)
    {
        var session = await callers.CuratorsSessionAsync(call);
        var list = Read(points, 2, "The outline's points are [[u, v], …] in µm.");
        await analyses.CorrectOutlineAsync(
            session.Dataset, [.. list.Select(c => (c[0], c[1]))], call.User!.PersonOf(), call.ConnectionAborted);
    }

    private static double[][] Read(string points, int dimensions, string form)
    {
        double[][] list;
        try
        {
            list = JsonSerializer.Deserialize<double[][]>(points) ?? [];
        }
        catch (JsonException)
        {
            list = [[]];
        }

        if (list.Any(p => p?.Length != dimensions))
        {
            throw new HubException(form);
        }

        Ranges.CorrectionPoints.Check(list.Length);
        Array.ForEach(list, p => Ranges.Um.Check(p, dimensions));
        return list;
    }
}
