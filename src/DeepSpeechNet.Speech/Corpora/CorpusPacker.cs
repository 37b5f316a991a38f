using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Speech.Corpora;

/// <summary>
/// Decodes a manifest once into a <see cref="SampleStore"/>. Files are decoded in parallel and stored in the manifest's order,
/// so that the same manifest gives the same store whatever the number of threads.
/// </summary>
public static class CorpusPacker
{
    /// <summary>Packs a manifest. The store appears when it is complete; until then an earlier one stays. Only one process may
    /// pack to a path at a time.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="output">The store to write or to replace. Its folder must exist.</param>
    /// <param name="options">How to pack; null for the defaults.</param>
    /// <param name="progress">Told after each clip, if given.</param>
    /// <param name="cancellation">Stops the packing; nothing is left behind.</param>
    /// <exception cref="CorpusException">The manifest is wrong, or not one of its rows could be packed.</exception>
    /// <exception cref="FileSaveException">The store could not be saved, such as on a full disk.</exception>
    /// <exception cref="OperationCanceledException">Packing was stopped.</exception>
    public static PackResult Pack(string manifest, string output, PackOptions? options = null, IProgress<PackProgress>? progress = null,
        CancellationToken cancellation = default) => Pack([manifest], output, AudioFileDecoder.Decode, options, progress, cancellation);

    /// <summary>Packs manifests, one after the other, into one store. The store appears when it is complete; until then an earlier
    /// one stays. Only one process may pack to a path at a time.</summary>
    /// <param name="manifests">The manifests.</param>
    /// <param name="output">The store to write or to replace. Its folder must exist.</param>
    /// <param name="options">How to pack; null for the defaults.</param>
    /// <param name="progress">Told after each clip, if given.</param>
    /// <param name="cancellation">Stops the packing; nothing is left behind.</param>
    /// <exception cref="CorpusException">A manifest is wrong, or not one of their rows could be packed.</exception>
    /// <exception cref="FileSaveException">The store could not be saved, such as on a full disk.</exception>
    /// <exception cref="OperationCanceledException">Packing was stopped.</exception>
    public static PackResult Pack(IReadOnlyList<string> manifests, string output, PackOptions? options = null, IProgress<PackProgress>? progress = null,
        CancellationToken cancellation = default) => Pack(manifests, output, AudioFileDecoder.Decode, options, progress, cancellation);

    /// <summary>Packs a manifest with a decoder of the caller's.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="output">The store to write or to replace. Its folder must exist.</param>
    /// <param name="decode">Decodes one file.</param>
    /// <param name="options">How to pack; null for the defaults.</param>
    /// <param name="progress">Told after each clip, if given.</param>
    /// <param name="cancellation">Stops the packing; nothing is left behind.</param>
    /// <exception cref="CorpusException">The manifest is wrong, or not one of its rows could be packed.</exception>
    /// <exception cref="FileSaveException">The store could not be saved, such as on a full disk.</exception>
    /// <exception cref="OperationCanceledException">Packing was stopped.</exception>
    public static PackResult Pack(string manifest, string output, ClipDecoder decode, PackOptions? options = null,
        IProgress<PackProgress>? progress = null, CancellationToken cancellation = default) =>
        Pack([manifest], output, decode, options, progress, cancellation);

    private static PackResult Pack(IReadOnlyList<string> manifests, string output, ClipDecoder decode, PackOptions? options,
        IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(decode);
        options ??= new PackOptions();
        options.Validate();
        var skipped = new List<string>();
        List<(string Manifest, List<ManifestEntry> Rows)> parts =
            [.. manifests.Select(manifest => (manifest, ClipFault.ExistingRows(manifest, options.Filter, skipped.Add)))];
        int total = parts.Sum(part => part.Rows.Count);
        // A packing that was killed leaves a hidden file of gigabytes.
        AtomicFile.RemoveLeftovers(output);
        int clips = 0, done = 0;
        double seconds = 0;

        AtomicFile.Write(output, stream =>
        {
            using var writer = new SampleStoreWriter(stream, options.SampleRate);
            foreach ((string manifest, List<ManifestEntry> rows) in parts)
            {
                OrderedDecoding.Run(rows, decode, options.SampleRate, options.Threads, (row, samples, fault) =>
                {
                    done++;
                    if (fault is not null) skipped.Add(ClipFault.Unreadable(manifest, row, fault));
                    else if (samples is not { Length: > 0 }) skipped.Add(ClipFault.Empty(manifest, row));
                    else
                    {
                        double length = (double)samples.Length / options.SampleRate;
                        // The manifest may not give the length, or give it wrongly.
                        if (options.Filter.Accepts(row.Corpus, row.Speaker, row.Duration ?? length))
                        {
                            writer.Add(new CorpusEntry(row.Path.Replace('\\', '/'), row.Text, row.Speaker, row.Corpus, row.Licence, length), samples);
                            seconds += length;
                        }
                    }
                    progress?.Report(new PackProgress(done, total, seconds));
                }, cancellation);
            }
            clips = writer.Count;
            if (clips == 0)
                throw new CorpusException(string.Join(", ", manifests), 0, skipped.Count > 0
                    ? $"not one row could be packed; the first: {skipped[0].TrimEnd('.')}" : "no row passes the filter; nothing to pack");
            writer.Finish();
        });
        return new PackResult(clips, seconds, skipped);
    }
}
