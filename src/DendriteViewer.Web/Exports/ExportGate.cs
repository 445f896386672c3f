using DendriteViewer.Web.Accounts;

namespace DendriteViewer.Web.Exports;

/// <summary>
/// How the parts of the data dialog ask for work: whoever looks is asked about again, since a right may have ended, and what goes wrong is
/// said once, in the dialog.
/// </summary>
/// <param name="RunAsync">Does work for a person who has at least a role, and says what went wrong; true where it was done.</param>
public sealed record ExportGate(Func<DatasetRole, Func<Person, Task>, Task<bool>> RunAsync);
