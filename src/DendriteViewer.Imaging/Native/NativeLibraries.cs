using System.Runtime.InteropServices;

namespace DendriteViewer.Imaging.Native;

/// <summary>A native library is not installed; the message names the Debian package.</summary>
public sealed class NativeLibraryMissingException(string library, string package, Exception inner)
    : Exception($"{library} is not installed; install Debian's package {package} (apt-get install {package}).", inner);

internal static class NativeLibraries
{
    /// <summary>Runs a first call into a library, and says which package holds the library where it cannot be loaded.</summary>
    public static T Call<T>(string library, string package, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException })
        {
            // A class that calls the library before its first use, as LibTiff does, cannot be used either.
            throw new NativeLibraryMissingException(library, package, e);
        }
    }

    /// <summary>Whether a library can be loaded here.</summary>
    public static bool IsPresent(string library) => NativeLibrary.TryLoad(library, out _);
}
