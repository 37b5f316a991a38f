using System.Globalization;
using System.Text;
using DeepSpeechNet.Speech.Pages;

namespace DeepSpeechNet.Cli.Evaluating;

/// <summary>A chart as SVG: a frame with two linear axes, in which shapes are placed by their values. Colours are the style sheet's.</summary>
internal sealed class Plot
{
    private const double Left = 62, Top = 12, Bottom = 44, Right = 18;

    private readonly StringBuilder _svg = new();
    private readonly double _width, _height, _minimumX, _maximumX, _maximumY;

    /// <summary>Begins a chart of a size in pixels; values of y begin at 0.</summary>
    public Plot(double width, double height, double minimumX, double maximumX, double maximumY, string label)
    {
        (_width, _height) = (width, height);
        (_minimumX, _maximumX, _maximumY) = (minimumX, maximumX > minimumX ? maximumX : minimumX + 1, maximumY > 0 ? maximumY : 1);
        _svg.Append($"<svg class=\"plot\" viewBox=\"0 0 {N(width)} {N(height)}\" role=\"img\" aria-label=\"{HtmlPage.Text(label)}\">\n");
    }

    /// <summary>Lines and numbers along both axes, and what they stand for.</summary>
    public Plot Axes(string titleX, string titleY, Func<double, string> formatX, Func<double, string> formatY)
    {
        foreach (double y in Ticks(0, _maximumY))
        {
            _svg.Append($"<line class=\"grid\" x1=\"{N(Left)}\" x2=\"{N(_width - Right)}\" y1=\"{N(Y(y))}\" y2=\"{N(Y(y))}\"/>");
            _svg.Append($"<text class=\"tick\" x=\"{N(Left - 7)}\" y=\"{N(Y(y) + 4)}\" text-anchor=\"end\">{HtmlPage.Text(formatY(y))}</text>\n");
        }

        foreach (double x in Ticks(_minimumX, _maximumX))
            _svg.Append($"<text class=\"tick\" x=\"{N(X(x))}\" y=\"{N(_height - Bottom + 17)}\" text-anchor=\"middle\">{HtmlPage.Text(formatX(x))}</text>\n");
        _svg.Append($"<text class=\"axis\" x=\"{N((Left + _width - Right) / 2)}\" y=\"{N(_height - 6)}\" text-anchor=\"middle\">{HtmlPage.Text(titleX)}</text>\n");
        _svg.Append($"<text class=\"axis\" transform=\"translate(13 {N((Top + _height - Bottom) / 2)}) rotate(-90)\" text-anchor=\"middle\">{HtmlPage.Text(titleY)}</text>\n");
        return this;
    }

    /// <summary>A box from (x1, y1) to (x2, y2), with words for those who point at it.</summary>
    public Plot Box(string style, double x1, double x2, double y1, double y2, string title) =>
        Add($"<rect class=\"{style}\" x=\"{N(X(x1) + 1)}\" y=\"{N(Y(Math.Max(y1, y2)))}\" width=\"{N(Math.Max(0, X(x2) - X(x1) - 2))}\" height=\"{N(Math.Abs(Y(y1) - Y(y2)))}\"><title>{HtmlPage.Text(title)}</title></rect>\n");

    /// <summary>A line between two points.</summary>
    public Plot Line(string style, double x1, double y1, double x2, double y2) =>
        Add($"<line class=\"{style}\" x1=\"{N(X(x1))}\" y1=\"{N(Y(y1))}\" x2=\"{N(X(x2))}\" y2=\"{N(Y(y2))}\"/>\n");

    /// <summary>A dot, with words for those who point at it.</summary>
    public Plot Dot(string style, double x, double y, string title) =>
        Add($"<circle class=\"{style}\" cx=\"{N(X(x))}\" cy=\"{N(Y(y))}\" r=\"4.5\"><title>{HtmlPage.Text(title)}</title></circle>\n");

    /// <summary>The markup.</summary>
    public string End() => _svg.ToString() + "</svg>\n";

    /// <summary>Round numbers, about five of them, from the first at or above the minimum to the last at or below the maximum.</summary>
    internal static IEnumerable<double> Ticks(double minimum, double maximum)
    {
        double step = Math.Pow(10, Math.Floor(Math.Log10((maximum - minimum) / 4)));
        double parts = (maximum - minimum) / step;
        step *= parts > 20 ? 5 : parts > 10 ? 2.5 : parts > 6 ? 2 : 1;
        for (int i = (int)Math.Ceiling((minimum / step) - 1e-9); i * step <= maximum + (1e-9 * step); i++)
            yield return i * step;
    }

    private Plot Add(string markup)
    {
        _svg.Append(markup);
        return this;
    }

    private double X(double value) => Left + ((value - _minimumX) / (_maximumX - _minimumX) * (_width - Left - Right));

    private double Y(double value) => _height - Bottom - (Math.Min(value, _maximumY) / _maximumY * (_height - Top - Bottom));

    private static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
