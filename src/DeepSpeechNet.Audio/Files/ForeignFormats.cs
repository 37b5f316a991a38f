using DeepSpeechNet.Audio.Files.SndFile;

namespace DeepSpeechNet.Audio.Files;

/// <summary>
/// Formats that are not read here: they go to libsndfile if it is there and knows them, and what it refuses or does not know to the decoders of the options, in
/// their order, that know it.
/// </summary>
internal static class ForeignFormats
{
    /// <summary>Opens content through the first that can.</summary>
    /// <param name="source">The content; the reader's to dispose of, and the caller's where there is none.</param>
    /// <param name="stream">The stream behind it.</param>
    /// <param name="origin">Where in the stream the content starts, where it can seek.</param>
    /// <param name="head">The first bytes, tags included.</param>
    /// <param name="sndFile">Whether it is a format for libsndfile.</param>
    /// <param name="options">Limits, and the decoders.</param>
    /// <param name="otherwise">What is wrong where nobody knows the format.</param>
    /// <exception cref="AudioFormatException">Nobody can read it; the message says why each could not.</exception>
    public static AudioReader Open(ByteSource source, Stream stream, long origin, byte[] head, bool sndFile, AudioReadOptions options, string otherwise)
    {
        List<IAudioDecoder> decoders = [];
        foreach (IAudioDecoder decoder in options.Decoders)
        {
            if (decoder.Reads(head))
            {
                decoders.Add(decoder);
            }
        }

        if (decoders.Count == 0)
        {
            if (!sndFile)
            {
                throw new AudioFormatException(source.Name, otherwise);
            }

            // What the sniffing took is given back where that can be done.
            Stream? seekable = stream.CanSeek ? stream : null;
            if (seekable is not null)
            {
                seekable.Position = origin;
            }

            return new SndFileReader(source, seekable, options, SndFileLibrary.Instance);
        }

        if (stream.CanSeek)
        {
            return Try(source, stream, origin, head, sndFile, decoders, options);
        }

        var spool = new ByteSource(Spool.Keep(source, options.SpoolLimit), source.Name, ownsStream: true);
        try
        {
            AudioReader reader = Try(spool, spool.Stream, 0, head, sndFile, decoders, options);
            source.Dispose();
            return reader;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    private static AudioReader Try(
        ByteSource source, Stream seekable, long origin, byte[] head, bool sndFile, List<IAudioDecoder> decoders, AudioReadOptions options)
    {
        List<string> problems = [];
        if (sndFile && options.AllowLibSndFile && SndFileLibrary.Instance is not null)
        {
            seekable.Position = origin;
            try
            {
                return new SndFileReader(source, seekable, options, SndFileLibrary.Instance);
            }
            catch (AudioFormatException fault)
            {
                problems.Add(fault.Problem);
            }
        }

        foreach (IAudioDecoder decoder in decoders)
        {
            seekable.Position = origin;
            IAudioReader? inner = null;
            try
            {
                inner = decoder.Open(new ContentStream(seekable, origin), head, source.Name);
                return new DecodedReader(source, inner, options);
            }
            catch (AudioFormatException fault)
            {
                inner?.Dispose();
                problems.Add(fault.Problem);
            }
        }

        throw new AudioFormatException(source.Name, string.Join(' ', problems));
    }
}
