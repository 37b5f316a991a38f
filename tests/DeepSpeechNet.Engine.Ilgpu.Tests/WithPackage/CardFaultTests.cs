using DeepSpeechNet.Engine.Ilgpu.Machines;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.OpenCL;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.WithPackage;

/// <summary>What a card that fails is told by, and what is done with what lies on it.</summary>
public sealed class CardFaultTests
{
    [Fact]
    public void Want_of_memory_is_told_from_other_faults()
    {
        Assert.True(IlgpuMachine.IsOutOfMemory(new InsufficientMemoryException()));
        Assert.True(IlgpuMachine.IsOutOfMemory(new CLException(CLError.CL_MEM_OBJECT_ALLOCATION_FAILURE)));
        Assert.False(IlgpuMachine.IsOutOfMemory(new CLException(CLError.CL_DEVICE_NOT_AVAILABLE)));
        Assert.False(IlgpuMachine.IsOutOfMemory(new Failure()));
    }

    [Fact]
    public void Everything_is_freed_though_a_card_fails_at_each()
    {
        using Context context = Context.Create(builder => builder.CPU());
        Accelerator accelerator = context.GetCPUDevice(0).CreateCPUAccelerator(context);
        bool reached = false;
        accelerator.Disposed += (_, _) =>
        {
            reached = true;
            throw new Failure();
        };
        IlgpuDevice device = new(new IlgpuMachine(accelerator));
        device.Dispose();
        Assert.True(reached);
    }

    private sealed class Failure : AcceleratorException
    {
        public Failure()
            : base("the card is lost")
        {
        }

        public override AcceleratorType AcceleratorType => AcceleratorType.CPU;
    }
}
