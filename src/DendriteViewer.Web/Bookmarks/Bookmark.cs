namespace DendriteViewer.Web.Bookmarks;

/// <summary>A view of a dataset that somebody keeps under a name.</summary>
public sealed class Bookmark
{
    /// <summary>Key.</summary>
    public Guid Id { get; set; }

    /// <summary>The identity of the dataset, and no other that gets its id later.</summary>
    public required string DatasetIdentity { get; set; }

    /// <summary>The account whose bookmark it is.</summary>
    public Guid OwnerId { get; set; }

    /// <summary>The owner's name when it was saved or changed last.</summary>
    public required string Author { get; set; }

    /// <summary>What it is called.</summary>
    public required string Name { get; set; }

    /// <summary>What its owner says of it.</summary>
    public string Note { get; set; } = "";

    /// <summary>The view, as the address bar has it after '?'.</summary>
    public required string View { get; set; }

    /// <summary>Whether everybody who may see the dataset sees it; else only its owner does.</summary>
    public bool IsShared { get; set; }

    /// <summary>When it was saved, Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>When it was changed last, Unix milliseconds.</summary>
    public long ChangedAt { get; set; }
}

/// <summary>What a person says of a bookmark.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Note">A note, or empty.</param>
/// <param name="IsShared">Whether others see it.</param>
public sealed record BookmarkText(string Name, string Note = "", bool IsShared = false);

/// <summary>A bookmark as a list has it: without its view, which may be long.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Note">What its owner says of it.</param>
/// <param name="IsShared">Whether others see it.</param>
/// <param name="CreatedAt">When it was saved, Unix milliseconds.</param>
/// <param name="ChangedAt">When it was changed last, Unix milliseconds; who changes it says which state they looked at.</param>
public sealed record BookmarkFacts(Guid Id, string Name, string Note, bool IsShared, long CreatedAt, long ChangedAt);

/// <summary>A bookmark as somebody sees it.</summary>
/// <param name="Bookmark">The bookmark.</param>
/// <param name="IsMine">Whether it is theirs, to change and to delete.</param>
/// <param name="MayDelete">Whether they may delete it: their own, and who owns the dataset also what others share.</param>
/// <param name="Author">Whose it is; null where it is theirs, or where they see no names.</param>
public sealed record BookmarkItem(BookmarkFacts Bookmark, bool IsMine, bool MayDelete, string? Author);

/// <summary>What somebody has of a dataset's bookmarks.</summary>
/// <param name="Items">Their own, and those that others share.</param>
/// <param name="MaySave">Whether they may save: who has an account. A link's guest may look at shared ones.</param>
public sealed record BookmarkList(IReadOnlyList<BookmarkItem> Items, bool MaySave);
