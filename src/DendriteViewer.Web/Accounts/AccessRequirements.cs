using Microsoft.AspNetCore.Authorization;

namespace DendriteViewer.Web.Accounts;

/// <summary>Asks for at least a role in the dataset that is the resource.</summary>
public sealed record DatasetRequirement(DatasetRole Role) : IAuthorizationRequirement;

/// <summary>Asks for the administrator.</summary>
public sealed record AdministratorRequirement : IAuthorizationRequirement;

/// <summary>Asks for who may bring files to the server.</summary>
public sealed record UploadRequirement : IAuthorizationRequirement;
