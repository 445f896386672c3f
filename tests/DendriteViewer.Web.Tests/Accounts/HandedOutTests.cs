using System.Reflection;
using DendriteViewer.Web.Accounts;

namespace DendriteViewer.Web.Tests.Accounts;

/// <summary>
/// What lets somebody in for longer than a session takes a person who confirmed lately who they are; only a check makes one. Each public
/// method of who hands accounts, roles and places in groups out is listed here, so that a new one is not forgotten.
/// </summary>
public sealed class HandedOutTests
{
    // They only read.
    private static readonly string[] s_reads =
        ["People.ListAsync", "People.MembersAsync", "People.CheckName", "Groups.ListAsync", "Groups.PeopleAsync", "Groups.RolesAsync"];

    // They take away, or name: nobody can do more afterwards than before.
    private static readonly string[] s_givesNothing =
    [
        "People.RenameAsync", "People.SetMentionMailsAsync", "People.DisableAsync", "People.RemoveAsync", "Groups.RenameAsync",
        "Groups.RemoveAsync", "Groups.TakeAsync",
    ];

    [Fact]
    public void Methods_OfPeopleAndGroups_TakeWhoConfirmed_UnlessTheyGiveNothing()
    {
        var all = new[] { typeof(People), typeof(Groups) }.SelectMany(
            t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .ToDictionary(m => $"{m.DeclaringType!.Name}.{m.Name}", m => m.GetParameters().Select(p => p.ParameterType).ToArray());
        Assert.Empty(s_reads.Concat(s_givesNothing).Except(all.Keys));
        foreach (var (name, takes) in all)
        {
            var isListed = s_reads.Contains(name) || s_givesNothing.Contains(name);
            Assert.True(takes.Contains(typeof(ConfirmedPerson)) != isListed,
                $"{name} has to take a {nameof(ConfirmedPerson)}, or to be listed here as one that gives nothing.");
        }
    }

    [Fact]
    public void ConfirmedPerson_IsMadeByConfirmationsAlone() => Assert.Empty(
        typeof(ConfirmedPerson).GetConstructors(BindingFlags.Public | BindingFlags.Instance));
}
