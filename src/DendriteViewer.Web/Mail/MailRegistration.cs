namespace DendriteViewer.Web.Mail;

/// <summary>Registers mail.</summary>
public static class MailRegistration
{
    /// <summary>Adds the queue of mail.</summary>
    public static WebApplicationBuilder AddMail(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<MailQueue>();
        builder.Services.AddHostedService(s => s.GetRequiredService<MailQueue>());
        return builder;
    }
}
