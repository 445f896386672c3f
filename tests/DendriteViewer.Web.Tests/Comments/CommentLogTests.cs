using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Comments;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Tests.Comments;

public sealed class CommentLogTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly Person s_ada = new("ada", "Ada"), s_ben = new("ben", "Ben");
    private readonly CommentLog _log = new(host.Database, host.Time);

    [Fact]
    public async Task Add_AThreadAndAnswers_KeepsViewSiteAndOrder()
    {
        var first = await AddAsync(s_ada, "Here?", site: "s1");
        host.Time.Advance(TimeSpan.FromMinutes(1));
        var second = await AddAsync(s_ben, "Yes.\r\nHere.", first.Id);

        Assert.Equal((first.Id, "s1", "t=1.5", "Ada", "ada"), (first.Thread, first.Site, first.View, first.Author, first.AuthorKey));
        Assert.Equal((first.Id, "", "Yes.\nHere."), (second.Thread, second.Site, second.Text));
        var thread = Assert.Single(await ThreadsAsync(s_ada, first.Id));
        Assert.Equal([first.Id, second.Id], thread.All.Select(c => c.Id));
        Assert.Equal((1, 0), (thread.Unread, (await ThreadsAsync(s_ben, first.Id)).Single().Replies.Count(c => c.AuthorKey == "ada")));
    }

    [Fact]
    public async Task AnotherServer_ReadsTheSameComments()
    {
        var first = await AddAsync(s_ada, "Kept");
        var other = new CommentLog(host.Database, host.Time);

        Assert.Equal("Kept", (await other.ListAsync(host.Dataset.Identity)).Single(c => c.Id == first.Id).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n ")]
    [InlineData("a\u0007b")]
    public async Task Add_ATextThatCannotBe_IsRefused(string text) =>
        await Assert.ThrowsAsync<ArgumentException>(() => AddAsync(s_ada, text));

    [Fact]
    public async Task Add_ATextThatIsTooLong_IsRefusedWithItsLength() => Assert.Contains("this has 4001",
        (await Assert.ThrowsAsync<ArgumentException>(() => AddAsync(s_ada, new string('x', 4001)))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Add_ToAThreadThatIsGone_IsRefused()
    {
        var first = await AddAsync(s_ada, "Gone");
        await _log.DeleteAsync(host.Dataset.Identity, first.Id, mayDeleteOthers: false, s_ada, default);

        await Assert.ThrowsAsync<EditConflictException>(() => AddAsync(s_ben, "Late", first.Id));
    }

    // The server wrote it, and died before the page heard so: the draft is sent again.
    [Fact]
    public async Task Add_OfADraftThatWasWrittenBefore_IsTheSameComment_AndAnotherTextIsRefused()
    {
        const string draft = "0123456789abcdef";
        Task<Comment> SendAsync(CommentLog log, string text, string key = draft, Person? by = null) => log.AddAsync(
            host.Dataset.Identity, new Comment { Id = "", Thread = "", Text = text, View = "t=1.5" }, key, by ?? s_ada, default);
        var first = await SendAsync(_log, "Once");
        Assert.Equal(first.Id, (await SendAsync(_log, " Once ")).Id);
        Assert.Equal(first.Id, (await SendAsync(new CommentLog(host.Database, host.Time), "Once")).Id);
        Assert.Single(await _log.ListAsync(host.Dataset.Identity), c => c.Text == "Once");

        Assert.Equal(CommentRules.SentBefore, (await Assert.ThrowsAsync<ArgumentException>(() => SendAsync(_log, "Other"))).Message);
        await Assert.ThrowsAsync<EditConflictException>(() => SendAsync(_log, "Once", by: s_ben));
        Assert.NotEqual(first.Id, (await SendAsync(_log, "Once", "another0")).Id);
        await Assert.ThrowsAsync<ArgumentException>(() => SendAsync(_log, "Once", "no key"));

        await _log.DeleteAsync(host.Dataset.Identity, first.Id, mayDeleteOthers: false, s_ada, default);
        Assert.Equal(CommentRules.SentAndDeleted, (await Assert.ThrowsAsync<ArgumentException>(() => SendAsync(_log, "Once"))).Message);
    }

    [Fact]
    public async Task Rewrite_IsForTheAuthorAlone()
    {
        var first = await AddAsync(s_ada, "Before");

        await Assert.ThrowsAsync<ArgumentException>(() =>
            _log.RewriteAsync(host.Dataset.Identity, first.Id, "Ben's", [], s_ben, default));
        var after = await _log.RewriteAsync(host.Dataset.Identity, first.Id, "After", [], s_ada, default);
        Assert.Equal(("After", first.At), (after.Text, after.At));
        Assert.NotNull(after.RewrittenAt);
    }

    [Fact]
    public async Task Delete_AThreadThatOthersAnswered_IsForCuratorsAlone_AndUndoBringsItBack()
    {
        var first = await AddAsync(s_ada, "Mine");
        await AddAsync(s_ben, "Answer", first.Id);
        using var history = new EditHistory();

        await Assert.ThrowsAsync<ArgumentException>(() =>
            _log.DeleteAsync(host.Dataset.Identity, first.Id, mayDeleteOthers: false, s_ada, default));
        await _log.DeleteAsync(host.Dataset.Identity, first.Id, mayDeleteOthers: true, new Editor(s_ada, history), default);
        Assert.Empty(await ThreadsAsync(s_ada, first.Id));

        await history.UndoAsync(s_ada, default);
        Assert.Equal(2, (await ThreadsAsync(s_ada, first.Id)).Single().All.Count());
    }

    [Fact]
    public async Task Resolve_Twice_IsOneEdit_AndUndoOpensItAgain()
    {
        var first = await AddAsync(s_ada, "Done?");
        using var history = new EditHistory();
        await _log.ResolveAsync(host.Dataset.Identity, first.Id, true, new Editor(s_ben, history), default);
        await _log.ResolveAsync(host.Dataset.Identity, first.Id, true, new Editor(s_ben, history), default);

        var resolved = (await ThreadsAsync(s_ada, first.Id)).Single().First;
        Assert.Equal((true, "Ben", 2), (resolved.IsResolved, resolved.ResolvedBy, resolved.Version));
        await history.UndoAsync(s_ben, default);
        Assert.False((await ThreadsAsync(s_ada, first.Id)).Single().First.IsResolved);
    }

    [Fact]
    public async Task Readings_WhatWasRead_StaysRead_OfThatPersonAlone()
    {
        var readings = new CommentReadings(host.Database);
        var first = await AddAsync(s_ada, "New");
        await readings.NoteAsync(host.Dataset.Identity, "ben", await ThreadsAsync(s_ben, first.Id), default);

        Assert.Equal(0, (await ThreadsAsync(s_ben, first.Id)).Single().Unread);
        Assert.Equal(1, (await ThreadsAsync(new Person("cyd", "Cyd"), first.Id)).Single().Unread);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await AddAsync(s_ada, "More", first.Id, [new Mention("ben", "Ben")]);
        var thread = (await ThreadsAsync(s_ben, first.Id)).Single();
        Assert.Equal((1, true), (thread.Unread, thread.MentionsReader));
    }

    [Fact]
    public async Task Readings_WhereAnotherWritesTheSameRowAtTheSameMoment_AreAllNoted()
    {
        var (first, second) = (await AddAsync(s_ada, "One"), await AddAsync(s_ada, "Two"));
        var mail = new CommentReading
        {
            DatasetIdentity = host.Dataset.Identity.Value, Reader = "dan", Thread = first.Id, MailedAt = 5,
        };
        var dan = new Person("dan", "Dan");
        IReadOnlyList<CommentThread> threads = [.. await ThreadsAsync(dan, first.Id), .. await ThreadsAsync(dan, second.Id)];
        await new CommentReadings(new Contested(host.Database, mail)).NoteAsync(host.Dataset.Identity, "dan", threads, default);

        Assert.Equal(0, (await ThreadsAsync(dan, first.Id)).Single().Unread + (await ThreadsAsync(dan, second.Id)).Single().Unread);
        await using var db = host.Database.CreateDbContext();
        Assert.Equal(5, db.CommentReadings.Single(r => r.Reader == "dan" && r.Thread == first.Id).MailedAt);
    }

    private Task<Comment> AddAsync(Person by, string text, string thread = "", IReadOnlyList<Mention>? mentions = null, string site = "") =>
        _log.AddAsync(host.Dataset.Identity, new Comment
        {
            Id = "", Thread = thread, Text = text, View = "t=1.5", Hours = 1.5, Site = site, Mentions = mentions ?? [],
        }, by, default);

    private async Task<IReadOnlyList<CommentThread>> ThreadsAsync(Person reader, string thread) =>
        [.. CommentThread.Of(await _log.ListAsync(host.Dataset.Identity), reader.Key,
            await new CommentReadings(host.Database).OfAsync(host.Dataset.Identity, reader.Key, default))
            .Where(t => t.First.Id == thread)];

    // A database into which another writes a row just before the first save.
    private sealed class Contested(IDbContextFactory<DendriteDb> database, CommentReading row) : IDbContextFactory<DendriteDb>
    {
        private bool _isDone;

        public DendriteDb CreateDbContext()
        {
            var db = database.CreateDbContext();
            db.SavingChanges += (_, _) =>
            {
                if (_isDone)
                {
                    return;
                }

                _isDone = true;
                using var other = database.CreateDbContext();
                other.CommentReadings.Add(row);
                other.SaveChanges();
            };
            return db;
        }
    }
}
