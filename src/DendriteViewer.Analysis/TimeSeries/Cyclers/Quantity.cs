namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>What a column of a cycler's table measures or counts.</summary>
public enum Quantity
{
    /// <summary>Not known; the column is kept as it is.</summary>
    Unknown,

    /// <summary>Time since the test began.</summary>
    TestTime,

    /// <summary>Time since the step began.</summary>
    StepTime,

    /// <summary>Seconds since 1970-01-01 UTC.</summary>
    UnixTime,

    /// <summary>A wall clock, without a time zone unless one is given.</summary>
    WallClock,

    /// <summary>Voltage of the cell.</summary>
    Voltage,

    /// <summary>Current; positive charges.</summary>
    Current,

    /// <summary>Current per area; positive charges.</summary>
    CurrentDensity,

    /// <summary>Net charge since the test began.</summary>
    Charge,

    /// <summary>A charge that starts anew with steps or cycles, or is counted for one direction.</summary>
    Capacity,

    /// <summary>Energy, however it is counted.</summary>
    Energy,

    /// <summary>Power.</summary>
    Power,

    /// <summary>Temperature.</summary>
    Temperature,

    /// <summary>Pressure.</summary>
    Pressure,

    /// <summary>Resistance that the instrument worked out.</summary>
    Resistance,

    /// <summary>Frequency of an impedance measurement; 0 where none is running.</summary>
    Frequency,

    /// <summary>Real part of the impedance.</summary>
    RealImpedance,

    /// <summary>Imaginary part of the impedance; capacitive ones are below 0.</summary>
    ImaginaryImpedance,

    /// <summary>The imaginary part with its sign turned.</summary>
    MinusImaginaryImpedance,

    /// <summary>Magnitude of the impedance.</summary>
    AbsoluteImpedance,

    /// <summary>Phase of the impedance.</summary>
    Phase,

    /// <summary>Number of the cycle.</summary>
    Cycle,

    /// <summary>Number of the step.</summary>
    Step,

    /// <summary>Number of the row.</summary>
    Record,

    /// <summary>What the instrument was doing, in its words or letters.</summary>
    State,
}

/// <summary>How a column's cells are kept.</summary>
public enum ColumnKind
{
    /// <summary>Numbers; NaN where a cell is empty.</summary>
    Numbers,

    /// <summary>Dates, as seconds since 1970 on the file's clock.</summary>
    Dates,

    /// <summary>Words.</summary>
    Words,
}
