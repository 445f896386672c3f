using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Analysis.Cell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using MudBlazor;

namespace DendriteViewer.Web.Absorption;

/// <summary>Adds files of spectra, or of references, after the person has seen what each holds.</summary>
public sealed partial class SpectrumAddDialog
{
    private const int MostFiles = 40, MostShown = 6;

    private readonly List<Picked> _files = [];
    private SpectrumForm _form = new();
    private string? _failure;
    private bool _isBusy;

    /// <summary>The board.</summary>
    [Parameter, EditorRequired]
    public AbsorptionBoard Board { get; set; } = null!;

    /// <summary>What the files hold: spectra of the cell, or references.</summary>
    [Parameter]
    public CellFileKind Kind { get; set; } = CellFileKind.Spectrum;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    private bool IsReference => Kind == CellFileKind.Reference;

    private string AddText => _files.Count switch
    {
        0 => "Add",
        1 => IsReference ? "Add the reference" : "Add the spectrum",
        var n => $"Add {n} files",
    };

    private async Task PickAsync(IReadOnlyList<IBrowserFile>? files)
    {
        (_isBusy, _failure) = (true, null);
        StateHasChanged();
        try
        {
            foreach (var file in (files ?? []).Take(MostFiles - _files.Count))
            {
                // They wait in the server's memory until they are added.
                if (_files.Sum(f => (long)f.Bytes.Length) + file.Size > SpectrumReader.MostBytes)
                {
                    _failure = $"{file.Name} does not fit: files that are added at once have {SpectrumReader.MostBytes >> 20} MiB at most.";
                    continue;
                }

                using var memory = new MemoryStream();
                await using var content = file.OpenReadStream(SpectrumReader.MostBytes);
                await content.CopyToAsync(memory);
                var picked = new Picked(file.Name, memory.ToArray()) { Moment = IsReference ? null : SpectrumForm.MomentIn(file.Name) };
                await ReadAsync(picked);
                _files.Add(picked);
            }

            if (files?.Count > MostFiles)
            {
                _failure = $"{MostFiles} files at most are added at once; add the others afterwards.";
            }
        }
        catch (IOException e)
        {
            _failure = $"The file could not be received: {e.Message} Choose it again.";
        }
        finally
        {
            _isBusy = false;
        }
    }

    private async Task ChangeAsync(SpectrumForm form)
    {
        var isReadAnew = form.Column != _form.Column || form.Said != _form.Said;
        _form = form;
        for (var i = 0; isReadAnew && i < _files.Count; i++)
        {
            await ReadAsync(_files[i]);
        }
    }

    private async Task ReadAsync(Picked file)
    {
        try
        {
            file.Take(await Board.PreviewAsync(file.Name, file.Bytes, FormOf(file).ToOptions()));
        }
        catch (Imaging.Bounds.OutOfRangeException e)
        {
            file.Take(new([], [], e.Message));
        }
    }

    // What is refused stays in the list with its sentence; what was added leaves it.
    private async Task AddAsync()
    {
        (_isBusy, _failure) = (true, null);
        var problems = new List<string>();
        foreach (var file in _files.ToArray())
        {
            if ((file.Problem ?? FormOf(file).Problem(IsReference)) is { } problem)
            {
                // The others are added all the same: files of one beamline may name their columns differently.
                problems.Add(problem);
                continue;
            }

            var said = FormOf(file).ToEdit(Guid.Empty);
            if (await Board.Actions.AddAsync(Kind, file.Name, () => new MemoryStream(file.Bytes), said) is null)
            {
                _failure = Board.Actions.Refusal ?? "The file was not added.";
                _isBusy = false;
                return;
            }

            _files.Remove(file);
            StateHasChanged();
        }

        _isBusy = false;
        if (problems.Count == 0)
        {
            Dialog.Close();
        }
        else
        {
            _failure = problems.Distinct().Count() == 1 ? problems[0]
                : $"{problems.Count} files were not added, and each says why. Say below what µ is of them, or take them out.";
        }
    }

    private SpectrumForm FormOf(Picked file) => _form with { Said = _form.Said with { Moment = file.Moment }, Hours = file.Hours };

    private sealed class Picked(string name, byte[] bytes)
    {
        public string Name => name;

        public byte[] Bytes => bytes;

        public IReadOnlyList<CellSpectrum> Spectra { get; private set; } = [];

        public IReadOnlyList<string> Columns { get; private set; } = [];

        public string? Problem { get; private set; }

        public SpectrumMoment? Moment { get; set; }

        public double? Hours { get; set; }

        public void Take(SpectrumPreview preview) =>
            (Spectra, Columns, Problem) = (preview.Spectra, preview.Columns.Count > 0 ? preview.Columns : Columns, preview.Problem);
    }
}
