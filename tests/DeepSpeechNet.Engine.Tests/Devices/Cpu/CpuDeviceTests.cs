namespace DeepSpeechNet.Engine.Tests.Devices.Cpu;

public sealed class CpuOneThreadOptimiseTests() : OptimiseTests(CpuDevices.One);

public sealed class CpuTwoThreadsOptimiseTests() : OptimiseTests(CpuDevices.Two);

public sealed class CpuThreeThreadsOptimiseTests() : OptimiseTests(CpuDevices.Three);

public sealed class CpuOneThreadOptimiserTraceTests() : OptimiserTraceTests(CpuDevices.One);

public sealed class CpuTwoThreadsOptimiserTraceTests() : OptimiserTraceTests(CpuDevices.Two);

public sealed class CpuThreeThreadsOptimiserTraceTests() : OptimiserTraceTests(CpuDevices.Three);

public sealed class CpuOneThreadBatchNormTests() : BatchNormTests(CpuDevices.One);

public sealed class CpuTwoThreadsBatchNormTests() : BatchNormTests(CpuDevices.Two);

public sealed class CpuThreeThreadsBatchNormTests() : BatchNormTests(CpuDevices.Three);
