using DendriteViewer.Web;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Backup;
using DendriteViewer.Web.Data;

return BackupCommands.Has(args) ? await BackupCommands.RunAsync(args)
    : AccountCommands.Has(args) ? await AccountCommands.RunAsync(args)
    : DatabaseCommands.Has(args) ? await DatabaseCommands.RunAsync(args)
    : await DendriteHost.RunAsync(args);
