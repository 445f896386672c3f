using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Importing;

/// <summary>Opens what is to be imported, from where it may be read.</summary>
/// <param name="blobs">Where blob: looks.</param>
/// <param name="roots">Folders that files must lie in, links followed; null for anywhere.</param>
/// <param name="addresses">Beginnings of addresses; null for any.</param>
internal sealed class ImportSources(IBlobStore blobs, IReadOnlyList<string>? roots, IReadOnlyList<string>? addresses)
{
    /// <summary>A path of a manifest as the machine knows it; addresses stay as they are.</summary>
    public static string Absolute(string path, string root) => VolumeFiles.IsRemote(path) ? path : root.Length == 0 ? Path.GetFullPath(path) : Path.GetFullPath(path, root);

    /// <summary>Opens a file, folder or address.</summary>
    /// <param name="path">Where, as the manifest says.</param>
    /// <param name="volume">What the manifest says of it.</param>
    /// <param name="root">The manifest's folder.</param>
    /// <exception cref="VolumeFormatException">It may not be read, or is nothing that is supported.</exception>
    public VolumeFile Open(string path, VolumeManifest volume, string root) =>
        VolumeFiles.Open(Admitted(Absolute(path, root)), volume, roots is null && addresses is null ? null : Admitted, blobs);

    /// <summary>Opens the one volume that a manifest means.</summary>
    /// <param name="volume">What the manifest says of it.</param>
    /// <param name="root">The manifest's folder.</param>
    /// <param name="last">What was opened before: another volume of the same file is opened from that, since a file of many is long to
    /// open.</param>
    /// <exception cref="VolumeFormatException">It holds several, or not the one.</exception>
    public (VolumeManifest Volume, VolumeFile File, ISliceSource Source) OpenFrame(
        VolumeManifest volume, string root, (VolumeManifest? Volume, VolumeFile? File) last = default)
    {
        var isSame = last is { Volume: { } before, File: not null }
            && (before.Path, before.Inside) == (volume.Path, volume.Inside)
            && (before.Dtype, before.ByteOffset) == (volume.Dtype, volume.ByteOffset)
            && (before.Shape ?? []).AsSpan().SequenceEqual(volume.Shape);
        var file = isSame ? last.File! : Open(volume.Path, volume, root);
        try
        {
            // What follows a raw file's volume was never spoken of, so it is no mistake.
            if (volume.Frame is null && file.Frames > 1 && file is not RawFile)
            {
                throw new VolumeFormatException($"{Absolute(volume.Path, root)} holds {file.Frames} volumes; say which is of which time (in dataset.json a volume for each with its frame, 0 to {file.Frames - 1}, and hours; with --dataset as many --hours).");
            }

            return volume.Frame is not { } frame || (frame >= 0 && frame < file.Frames)
                ? (volume, file, file.Open(volume.Frame ?? 0))
                : throw new VolumeFormatException($"{Absolute(volume.Path, root)} holds {file.Frames} volume(s), so frame {frame} is none; the first is 0.");
        }
        catch when (!isSame)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Looks at a source again, and refuses it where it is not what it was.</summary>
    /// <exception cref="VolumeFormatException">It changed.</exception>
    public void RefuseChanged(VolumeManifest asked, string root, VolumeFile opened, ISliceSource source)
    {
        if (opened.IsAsOpened() is { } isSame)
        {
            Admitted(Absolute(asked.Path, root));
            Refuse(!isSame);
            return;
        }

        var (_, file, again) = OpenFrame(asked, root);
        using (file)
        using (again)
        {
            Refuse(again.Fingerprint != source.Fingerprint);
        }

        void Refuse(bool isChanged)
        {
            if (isChanged)
            {
                throw new VolumeFormatException($"{asked.Path} changed while it was read; import it again when nothing writes to it.");
            }
        }
    }

    /// <summary>Gives a file's path back that may be read, or refuses it.</summary>
    /// <exception cref="VolumeFormatException">It lies outside the folders.</exception>
    public string Confined(string path) => roots is null || RealPaths.IsBelowAny(path, roots)
        ? path
        : throw new VolumeFormatException($"{path} is not below a folder to import from ({string.Join(", ", roots)}); move it there.");

    // Asked for what is opened, and for every file that a header names.
    private string Admitted(string path) => VolumeFiles.IsRemote(path) ? ImportAddresses.Admit(path, addresses) : Confined(path);
}
