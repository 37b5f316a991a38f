using DeepSpeechNet.Engine.Tests;
using DeepSpeechNet.Engine.Tests.Devices;
using DeepSpeechNet.Engine.Tests.Operations;

namespace DeepSpeechNet.Engine.Ilgpu.Tests;

public sealed class IlgpuOptimiseTests() : OptimiseTests(TestedDevices.Create);

public sealed class IlgpuOptimiserTraceTests() : OptimiserTraceTests(TestedDevices.Create);

public sealed class IlgpuRowsTests() : RowsTests(TestedDevices.Create)
{
    protected override bool ChecksIndices => false;
}

public sealed class IlgpuBatchNormTests() : BatchNormTests(TestedDevices.Create);

public sealed class IlgpuOperationGradientTests() : OperationGradientTests(TestedDevices.Create);

public sealed class IlgpuRecurrenceGradientTests() : RecurrenceGradientTests(TestedDevices.Create);

public sealed class IlgpuWholeModelTests() : WholeModelTests(TestedDevices.Create);
