namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>The few steps of the file system that a save consists of, so that tests can make each of them fail.</summary>
internal interface IFileLayer
{
    /// <summary>The full path that a save replaces: symbolic links followed.</summary>
    string Resolve(string path);

    /// <summary>Creates a file that must not exist yet. The stream passes each write on at once.</summary>
    Stream Create(string path);

    /// <summary>Waits until the disk has everything written so far.</summary>
    void FlushToDisk(Stream file);

    /// <summary>Renames a file over another one, or to a new name, in one step.</summary>
    void Replace(string temporary, string target);

    /// <summary>Removes a file; a missing one is no error.</summary>
    void Delete(string path);

    /// <summary>Waits until the disk has the folder's list of names.</summary>
    void FlushFolder(string folder);
}
