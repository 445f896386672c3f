namespace DendriteViewer.Web.Members;

/// <summary>Who is a member of which dataset, and who is invited.</summary>
public static class MembersRegistration
{
    /// <summary>Adds members and invitations.</summary>
    public static WebApplicationBuilder AddMembers(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DatasetMembers>();
        builder.Services.AddSingleton<Invitations>();
        builder.Services.AddSingleton<InvitationDesk>();
        return builder;
    }
}
