using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;

namespace DeepSpeechNet.Engine.Ilgpu.Tests;

public sealed class DeviceCatalogTests
{
    [Fact]
    public void The_processor_is_always_there()
    {
        Assert.Equal("cpu", DeviceCatalog.List()[0].Name);
        Assert.True(DeviceCatalog.List()[0].IsUsable);
        using Device device = DeviceCatalog.Create("cpu", new CpuDeviceOptions { Threads = 1 });
        Assert.IsType<CpuDevice>(device);
    }

    [Fact]
    public void What_cannot_be_used_says_why()
    {
        IReadOnlyList<DeviceEntry> cards = [.. DeviceCatalog.List().Skip(1)];
        Assert.NotEmpty(cards);
        Assert.All(cards, card => Assert.True(card.IsUsable || card.Obstacle!.Length > 20, $"{card.Name} has the obstacle '{card.Obstacle}'"));
        if (!DeviceCatalog.HasGpuSupport)
            Assert.Contains("-p:OptionalPackages=true", cards[0].Obstacle, StringComparison.Ordinal);
    }

    [Fact]
    public void A_card_that_is_not_there_is_refused_with_the_reason()
    {
        DeviceUnavailableException e = Assert.Throws<DeviceUnavailableException>(() => DeviceCatalog.Create("gpu:99"));
        Assert.Contains("no card 99", e.Message, StringComparison.Ordinal);
        Assert.True(e.Message.Length > 60, e.Message);
    }

    [Fact]
    public void Auto_always_gives_a_device()
    {
        using Device device = DeviceCatalog.Create("auto", new CpuDeviceOptions { Threads = 1 });
        Assert.NotEmpty(device.Description);
    }

    [Theory]
    [InlineData("cpu", true)]
    [InlineData("gpu", true)]
    [InlineData("gpu:2", true)]
    [InlineData("auto", true)]
    [InlineData("gpu:", false)]
    [InlineData("gpu:-1", false)]
    [InlineData("tpu", false)]
    public void Choices_are_known(string choice, bool known)
    {
        Assert.Equal(known, DeviceCatalog.IsChoice(choice));
        if (!known)
            Assert.Throws<ArgumentException>(() => DeviceCatalog.Create(choice));
    }
}
