using DendriteViewer.Analysis.TimeSeries.Cyclers;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using MudBlazor;

namespace DendriteViewer.Web.Cell;

/// <summary>
/// How a cycler's file is read: of a new file before it belongs to the cell, or of one that does. Whatever is changed is read anew at once,
/// and what was guessed, left out or refused is said. Nothing is kept before that is asked for.
/// </summary>
public sealed partial class SeriesFileDialog
{
    private static readonly NumberRange s_start = Ranges.Hours.Of("The time");
    private SeriesFileDraft? _draft;
    private SeriesFilePreview? _preview;
    private string? _failure;

    // What is shown is of what was said before: it is not kept so.
    private bool _isBehind;
    private bool _isReading;
    private readonly CancellationTokenSource _closed = new();
    private CancellationTokenSource? _reading;
    private CancellationToken _gone;

    /// <summary>Who looks at it: whose turns at computing are used.</summary>
    [Parameter, EditorRequired]
    public string Owner { get; set; } = "";

    /// <summary>The file that belongs to the cell; null for a new one.</summary>
    [Parameter]
    public CellFile? File { get; set; }

    /// <summary>Reads the file's content.</summary>
    [Parameter]
    public Func<CellFile, Task<byte[]>>? Load { get; set; }

    /// <summary>Adds a new file; returns why it was refused, or null.</summary>
    [Parameter]
    public Func<SeriesFileDraft, Task<string?>>? Add { get; set; }

    /// <summary>Changes what is said of the file; false where it was refused.</summary>
    [Parameter]
    public Func<CellEdit, Task<bool>>? Change { get; set; }

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [Inject]
    private CellDesk Desk { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
    }

    /// <inheritdoc/>
    protected override Task OnInitializedAsync()
    {
        _gone = _closed.Token;
        return File is not { } file ? Task.CompletedTask : BeginAsync(
            async () => new SeriesFileDraft(file.Name, await Load!(file), CellFileOptions.Parse(file.Options), file.StartHours)
            {
                Licence = file.Licence, Source = file.Source,
            });
    }

    private Task ReadAsync(IBrowserFile? file) => file is null ? Task.CompletedTask : BeginAsync(async () =>
    {
        if (file.Size > CellFileReader.MostBytes)
        {
            throw new OutOfRangeException($"{file.Name} is larger than {CellFileReader.MostBytes >> 20} MiB; export less of it at once.");
        }

        await using var content = file.OpenReadStream(CellFileReader.MostBytes);
        using var memory = new MemoryStream();
        await content.CopyToAsync(memory, _gone);
        return new SeriesFileDraft(file.Name, memory.ToArray(), new CellFileOptions(), null);
    });

    private async Task BeginAsync(Func<Task<SeriesFileDraft>> read)
    {
        (_failure, _draft, _preview, _isReading) = (null, null, null, true);
        StateHasChanged();
        try
        {
            _draft = await read();
            await PreviewAsync();
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            _failure = Failures.Tell(e);
        }
        finally
        {
            _isReading = false;
        }
    }

    // They do not matter to how it is read.
    private void Say(SeriesFileDraft draft) => _draft = draft;

    private Task SayAsync(Func<CellFileOptions, CellFileOptions> said) => ChangeAsync(d => d with { Options = said(d.Options) });

    private async Task ChangeAsync(Func<SeriesFileDraft, SeriesFileDraft> change)
    {
        _draft = change(_draft!);
        _failure = null;
        try
        {
            await PreviewAsync();
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            _failure = Failures.Tell(e);
        }
    }

    // A large file takes a while to read; what was changed meanwhile is read in its place.
    private async Task PreviewAsync()
    {
        _reading?.Cancel();
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(_gone);
        (_reading, _isBehind) = (reading, true);
        var draft = _draft!;
        SeriesFilePreview preview;
        try
        {
            preview = await Desk.ComputeAsync(Owner, draft.Bytes.LongLength, draft.Preview, reading.Token);
        }
        catch (OperationCanceledException) when (_reading != reading)
        {
            return;
        }
        finally
        {
            _reading = _reading == reading ? null : _reading;
        }

        if (_draft is { } now && ReferenceEquals(draft.Bytes, now.Bytes) && draft.Options == now.Options)
        {
            (_preview, _isBehind) = (preview, false);
        }

        StateHasChanged();
    }

    private async Task KeepAsync()
    {
        var draft = _draft!;
        _isReading = true;
        try
        {
            _failure = File is { } file
                ? await Change!(ChangeFile.Of(file, f => f with
                {
                    StartHours = draft.StartHours, Options = OptionsOf(draft, file), Licence = draft.Licence, Source = draft.Source,
                }))
                    ? null : "It was not changed; the tab behind this says why."
                : await Add!(draft);
        }
        finally
        {
            _isReading = false;
        }

        if (_failure is null)
        {
            Dialog.Close();
        }
    }

    // As they stand where nothing was changed, however they are written.
    private static string? OptionsOf(SeriesFileDraft draft, CellFile file) =>
        draft.Options.ToJson() is var said && said == CellFileOptions.Parse(file.Options).ToJson() ? file.Options : said;

    private static string Began(CyclerTable table) => table.Started is { } at
        ? $"It began {at:yyyy-MM-dd HH:mm:ss}{(table.StartedIsUtc ? " UTC" : " on its own clock")}." : "";

    private static string OrderName(DateOrder? order) => order switch
    {
        DateOrder.DayFirst => "day first",
        DateOrder.MonthFirst => "month first",
        _ => "as the file tells",
    };

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
