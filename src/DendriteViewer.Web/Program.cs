return await DendriteViewer.Web.DendriteHost.RunAsync(args);
