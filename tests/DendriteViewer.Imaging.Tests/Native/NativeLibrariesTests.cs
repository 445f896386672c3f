using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Native;

namespace DendriteViewer.Imaging.Tests.Native;

public sealed class NativeLibrariesTests
{
    private const string Missing = "libdendrite-is-not-installed.so.7";

    [Fact]
    public void Call_OfAMissingLibrary_NamesThePackage()
    {
        var e = Assert.Throws<NativeLibraryMissingException>(() => NativeLibraries.Call(Missing, "libdendrite7", Load));
        Assert.Equal($"{Missing} is not installed; install Debian's package libdendrite7 (apt-get install libdendrite7).", e.Message);
    }

    [Fact]
    public void Call_OfAClassThatCallsAMissingLibraryBeforeItsFirstUse_NamesThePackage()
    {
        for (var i = 0; i < 2; i++)
        {
            Assert.Throws<NativeLibraryMissingException>(() => NativeLibraries.Call(Missing, "libdendrite7", Prepared.Version));
        }
    }

    private static nint Load() => NativeLibrary.Load(Missing);

    private static class Prepared
    {
        static Prepared() => Load();

        public static int Version() => 7;
    }
}
