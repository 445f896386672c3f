using DendriteViewer.Web;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Backup;

return BackupCommands.Has(args) ? await BackupCommands.RunAsync(args)
    : AccountCommands.Has(args) ? await AccountCommands.RunAsync(args)
    : await DendriteHost.RunAsync(args);
