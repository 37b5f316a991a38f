using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices;

/// <summary>
/// The gradient of a table of which a step touches few rows: those rows with their indices. Clipping and optimisers take it beside the flat buffer of
/// dense gradients, so that the cost of a step does not depend on the size of the table.
/// </summary>
/// <param name="Indices">int32: the row of the table that each row belongs to; a negative one means that the row is none.</param>
/// <param name="Rows">[n, F], as many as there are indices; what lies in a row of a negative index means nothing.</param>
public sealed record RowGradient(Tensor Indices, Tensor Rows);
