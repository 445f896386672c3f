// Journeys time what people see; two at once on two cores would time each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
