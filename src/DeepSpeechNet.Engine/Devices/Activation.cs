namespace DeepSpeechNet.Engine.Devices;

/// <summary>Elementwise functions whose derivative follows from their value, so that a backward pass needs the output alone.</summary>
public enum Activation
{
    /// <summary>y = x.</summary>
    None,

    /// <summary>y = min(max(0, x), 20): Deep Speech (Hannun et al. 2014, section 2). dy/dx = 1 where 0 &lt; y &lt; 20, else 0.</summary>
    ClippedRelu,

    /// <summary>y = max(0, x). dy/dx = 1 where y &gt; 0, else 0.</summary>
    Relu,

    /// <summary>y = tanh x. dy/dx = 1 - y^2.</summary>
    Tanh,

    /// <summary>y = 1 / (1 + exp(-x)). dy/dx = y (1 - y).</summary>
    Sigmoid,
}
