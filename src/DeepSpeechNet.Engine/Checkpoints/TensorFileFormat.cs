namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>
/// The layout, that of safetensors (<c>github.com/huggingface/safetensors</c>, "Format"): 8 bytes of little-endian header
/// length N; N bytes of JSON, an object of tensor name to <c>{"dtype", "shape", "data_offsets": [begin, end]}</c> and
/// <c>__metadata__</c>, an object of strings; then the data buffer, which the tensors cover exactly.
/// </summary>
/// <remarks>
/// Files of this program add: 8 + N is a multiple of 64 (spaces follow the JSON), and so is each tensor's offset. As the
/// layout allows no holes, the gaps are tensors themselves: <c>__pad.0</c>, <c>__pad.1</c> ... of type U8, all zero, which
/// other readers show and this one hides. The metadata holds the format version, the SHA-256 of the header (with this digest
/// read as zeros), of the data buffer, and of each tensor in the order of the data (hexadecimal, one after the other).
/// </remarks>
internal static class TensorFileFormat
{
    public const int Version = 1;
    public const int Alignment = 64;
    public const int MaxHeaderBytes = 16 << 20;
    public const int MaxTensors = 10_000;
    public const int MaxDimensions = 8;
    public const int DigestLetters = 64;

    public const string Metadata = "__metadata__";
    public const string PadPrefix = "__pad.";
    public const string ReservedKeyPrefix = "dsn.";
    public const string VersionKey = "dsn.format_version";
    public const string HeaderDigestKey = "dsn.header_sha256";
    public const string DataDigestKey = "dsn.data_sha256";
    public const string TensorDigestsKey = "dsn.tensor_sha256";

    /// <summary>Bytes from <paramref name="position"/> to the next multiple of the alignment.</summary>
    public static int Padding(long position) => (int)(-position & (Alignment - 1));
}
