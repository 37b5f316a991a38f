using DeepSpeechNet.Engine.Tests.Operations;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu;

public sealed class CpuOneThreadRowsTests() : RowsTests(CpuDevices.One);

public sealed class CpuTwoThreadsRowsTests() : RowsTests(CpuDevices.Two);

public sealed class CpuOneThreadOptimiseTests() : OptimiseTests(CpuDevices.One);

public sealed class CpuTwoThreadsOptimiseTests() : OptimiseTests(CpuDevices.Two);

public sealed class CpuThreeThreadsOptimiseTests() : OptimiseTests(CpuDevices.Three);

public sealed class CpuOneThreadOptimiserTraceTests() : OptimiserTraceTests(CpuDevices.One);

public sealed class CpuTwoThreadsOptimiserTraceTests() : OptimiserTraceTests(CpuDevices.Two);

public sealed class CpuThreeThreadsOptimiserTraceTests() : OptimiserTraceTests(CpuDevices.Three);

public sealed class CpuOneThreadBatchNormTests() : BatchNormTests(CpuDevices.One);

public sealed class CpuTwoThreadsBatchNormTests() : BatchNormTests(CpuDevices.Two);

public sealed class CpuThreeThreadsBatchNormTests() : BatchNormTests(CpuDevices.Three);

public sealed class CpuOneThreadOperationGradientTests() : OperationGradientTests(CpuDevices.One);

public sealed class CpuTwoThreadsOperationGradientTests() : OperationGradientTests(CpuDevices.Two);

public sealed class CpuThreeThreadsOperationGradientTests() : OperationGradientTests(CpuDevices.Three);

public sealed class CpuOneThreadRecurrenceGradientTests() : RecurrenceGradientTests(CpuDevices.One);

public sealed class CpuTwoThreadsRecurrenceGradientTests() : RecurrenceGradientTests(CpuDevices.Two);

public sealed class CpuThreeThreadsRecurrenceGradientTests() : RecurrenceGradientTests(CpuDevices.Three);

public sealed class CpuOneThreadWholeModelTests() : WholeModelTests(CpuDevices.One);

public sealed class CpuTwoThreadsWholeModelTests() : WholeModelTests(CpuDevices.Two);
