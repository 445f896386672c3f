using DendriteViewer.Web;
using DendriteViewer.Web.Backup;

return BackupCommands.Has(args) ? await BackupCommands.RunAsync(args) : await DendriteHost.RunAsync(args);
