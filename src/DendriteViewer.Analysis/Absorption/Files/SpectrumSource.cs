using System.IO.Compression;
using System.Text;

namespace DendriteViewer.Analysis.Absorption.Files;

/// <summary>The content of a spectrum file, unpacked and as text.</summary>
internal sealed class SpectrumSource
{
    /// <summary>Bytes of a file, and of what it unpacks to, at most.</summary>
    public const int MostBytes = 64 << 20;

    private static readonly byte[] s_hdf5 = [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];
    private readonly byte[] _bytes;
    private string? _text;

    public SpectrumSource(string path, byte[] bytes)
    {
        Name = Path.GetFileName(path);
        _bytes = bytes is [0x1F, 0x8B, ..] ? Unpack(bytes) : bytes;
    }

    /// <summary>The file's name, which every refusal begins with.</summary>
    public string Name { get; }

    /// <summary>The content, unpacked.</summary>
    public byte[] Bytes => _bytes;

    /// <summary>Whether it is HDF5.</summary>
    public bool IsHdf5 => _bytes.AsSpan().StartsWith(s_hdf5);

    /// <summary>The text: UTF-8 where it is that, else Latin-1, which older beamlines write; without the end mark of DOS.</summary>
    public string Text => _text ??= Decode().TrimEnd('\u001A', '\n', ' ');

    /// <summary>Its lines.</summary>
    public string[] Lines => Text.Split('\n');

    /// <summary>A refusal.</summary>
    public MeasurementException Refuse(string sentence) => new($"{Name}: {sentence}");

    private string Decode()
    {
        if (_bytes.AsSpan(0, Math.Min(_bytes.Length, 4096)).Contains((byte)0))
        {
            throw Refuse("It is no text; export the spectrum as two columns of text, energy in eV and µ.");
        }

        try
        {
            var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
            return utf8.GetString(_bytes).TrimStart('\uFEFF').Replace("\r", "", StringComparison.Ordinal);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(_bytes).Replace("\r", "", StringComparison.Ordinal);
        }
    }

    private byte[] Unpack(byte[] packed)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            var unpacked = new MemoryStream();
            var buffer = new byte[81920];
            while (gzip.Read(buffer) is > 0 and var count)
            {
                unpacked.Write(buffer, 0, count);
                if (unpacked.Length > MostBytes)
                {
                    throw Refuse($"It unpacks to more than {MostBytes >> 20} MiB; save fewer spectra in it.");
                }
            }

            return unpacked.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw new MeasurementException($"{Name}: It is compressed, and damaged; save or copy it again.", e);
        }
    }
}
