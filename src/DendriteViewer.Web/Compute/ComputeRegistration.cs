namespace DendriteViewer.Web.Compute;

/// <summary>Registers the threads for work that takes long.</summary>
public static class ComputeRegistration
{
    // Reading files blocks a thread of the pool each. The pool adds threads beyond its least number only every half second.
    private const int LeastPoolThreads = 16;

    /// <summary>Adds the lanes, and keeps some threads ready for requests.</summary>
    public static WebApplicationBuilder AddCompute(this WebApplicationBuilder builder)
    {
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, LeastPoolThreads), ports);
        builder.Services.AddSingleton(s => new ComputeLanes(s.GetRequiredService<DendriteOptions>().RenderThreads));
        builder.Services.AddSingleton(s => new AnswerTurns(s.GetRequiredService<ComputeLanes>(), s.GetRequiredService<TimeProvider>()));
        return builder;
    }
}
