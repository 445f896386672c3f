using System.Text.Json;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Devices;

namespace DendriteViewer.Cli.Output;

/// <summary>What a command's end means to a script.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUse = 2;

    /// <summary>Runs a command; every failure that a person can mend is one sentence on stderr.</summary>
    public static async Task<int> RunAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopped.");
            return Failed;
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine(e.Message);
            return WrongUse;
        }
        catch (Exception e) when (e is VolumeFormatException or MeasurementException or NativeLibraryMissingException or ArgumentException
            or BlobStoreException or ComputeException)
        {
            Console.Error.WriteLine(e.Message);
            return Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{e.Message.TrimEnd('.')}; check the path, its permissions and the free space.");
            return Failed;
        }
    }

    /// <summary>One JSON object on stdout.</summary>
    public static void PrintJson(object value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Json));

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}

/// <summary>The command was used wrongly: exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
