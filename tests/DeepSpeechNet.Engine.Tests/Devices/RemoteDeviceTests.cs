using DeepSpeechNet.Engine.Tests.Operations;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Tests.Devices;

public sealed class RemoteOptimiseTests() : OptimiseTests(() => new RemoteDevice());

public sealed class RemoteRowsTests() : RowsTests(() => new RemoteDevice());

public sealed class RemoteBatchNormTests() : BatchNormTests(() => new RemoteDevice());

public sealed class RemoteOperationGradientTests() : OperationGradientTests(() => new RemoteDevice());

public sealed class RemoteRecurrenceGradientTests() : RecurrenceGradientTests(() => new RemoteDevice());

public sealed class RemoteWholeModelTests() : WholeModelTests(() => new RemoteDevice());
