using System.Text;

namespace DeepSpeechNet.Cli.Tests.Commands;

/// <summary>A model that is damaged or of another version is refused in one sentence that says where the damage is.</summary>
public sealed class ModelFaultTests : IDisposable
{
    private readonly CommandLine _dsn = new();

    public ModelFaultTests()
    {
        ToneSpeech.SaveModel(_dsn["model"]);
        ToneSpeech.SaveWav(_dsn["one.wav"], "egg");
    }

    private string File => _dsn["model/model.safetensors"];

    public void Dispose() => _dsn.Dispose();

    [Theory]
    [InlineData("acoustic.joint.weight")]
    [InlineData("acoustic.joint.bias")]
    [InlineData("acoustic.output.weight")]
    [InlineData("acoustic.output.bias")]
    public async Task A_damaged_tensor_is_named(string tensor)
    {
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        int header = BitConverter.ToInt32(bytes);
        bytes[8 + header + Offset(bytes, header, tensor)] ^= 1;
        System.IO.File.WriteAllBytes(File, bytes);
        await Expect($"dsn: @/model/model.safetensors: tensor '{tensor}' does not match its digest: the file is damaged, copy it again.\n");
    }

    [Fact]
    public async Task A_damaged_header_is_named()
    {
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        int at = bytes.AsSpan().IndexOf("stride"u8);
        bytes[at] = (byte)'S';
        System.IO.File.WriteAllBytes(File, bytes);
        await Expect("dsn: @/model/model.safetensors: the header does not match its digest: the file is damaged, copy it again.\n");
    }

    [Fact]
    public async Task A_truncated_model_is_named()
    {
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        System.IO.File.WriteAllBytes(File, bytes[..^10]);
        CommandLine.Run run = await _dsn.RunAsync("transcribe", "--model", "@/model", "@/one.wav");
        Assert.Contains("it is truncated, copy it again.", run.Error, StringComparison.Ordinal);
        Assert.Equal(DsnCommand.Failed, run.Exit);
    }

    [Fact]
    public async Task A_model_of_another_format_version_is_named()
    {
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        byte[] key = Encoding.ASCII.GetBytes("\"dsn.format_version\":\"");
        int at = bytes.AsSpan().IndexOf(key);
        Assert.True(at > 0, "The header holds no dsn.format_version.");
        bytes[at + key.Length] = (byte)'9';
        System.IO.File.WriteAllBytes(File, bytes);
        CommandLine.Run run = await _dsn.RunAsync("transcribe", "--model", "@/model", "@/one.wav");
        Assert.StartsWith("dsn: @/model/model.safetensors: the format version is '9', and this program reads version ", run.Error, StringComparison.Ordinal);
        Assert.Equal((DsnCommand.Failed, ""), (run.Exit, run.Out));
    }

    private static int Offset(byte[] bytes, int header, string tensor)
    {
        string json = Encoding.UTF8.GetString(bytes, 8, header);
        int at = json.IndexOf($"\"{tensor}\"", StringComparison.Ordinal);
        int open = json.IndexOf("\"data_offsets\":[", at, StringComparison.Ordinal) + "\"data_offsets\":[".Length;
        return int.Parse(json.AsSpan(open, json.IndexOf(',', open) - open));
    }

    private async Task Expect(string error)
    {
        CommandLine.Run run = await _dsn.RunAsync("transcribe", "--model", "@/model", "@/one.wav");
        run.Expect(DsnCommand.Failed, "", error);
    }
}
