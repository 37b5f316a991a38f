using System.Text.Json;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Server.Tests.Live;

/// <summary>The page in a real browser, with the shipped model and a microphone that plays one of the repository's clips.</summary>
public sealed class LivePageInBrowserTests : IAsyncLifetime
{
    private const string Said = "seven three nine zero";

    private static readonly string Clip = Path.Combine(Repository.Root, "audio-samples", "02-digits.wav");

    private Recognizer _recognizer = null!;
    private SpeechServer _server = null!;

    public async Task InitializeAsync()
    {
        _recognizer = await Recognizer.LoadAsync(Path.Combine(Repository.Root, "models", "commands"), threads: 1);
        _server = Server(_recognizer);
        await _server.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _recognizer.DisposeAsync();
    }

    [ChromiumFact]
    public async Task What_the_microphone_hears_appears_as_it_is_said()
    {
        await using Chromium browser = await OpenAsync(1280, 900);

        // The space bar, as a person without a mouse would.
        await browser.CallAsync("Input.dispatchKeyEvent", new { type = "keyDown", code = "Space", key = " ", text = " " });
        await browser.CallAsync("Input.dispatchKeyEvent", new { type = "keyUp", code = "Space", key = " " });
        await browser.UntilAsync("document.getElementById('talk').getAttribute('aria-pressed') === 'true'");
        await browser.UntilAsync("document.querySelector('#transcript .partial') !== null");
        await browser.UntilAsync("document.querySelector('#transcript .word') !== null");
        await browser.EvaluateAsync("document.getElementById('talk').click()");
        await browser.UntilAsync("document.getElementById('status').textContent === 'Done.'");
        Assert.Equal(Said, (await browser.EvaluateAsync("document.getElementById('transcript').innerText.trim()")).GetString());
        Assert.True((await browser.EvaluateAsync("[...document.querySelectorAll('#transcript .word')].every(w => /% sure/.test(w.title))")).GetBoolean());
        Assert.True((await browser.EvaluateAsync(
            "(c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 === 0 && v > 200))(document.getElementById('spikes'))")).GetBoolean(), "No letters are drawn.");
        Assert.Empty(browser.Faults);
    }

    [ChromiumFact]
    public async Task A_recording_that_is_opened_becomes_text_and_files()
    {
        await using Chromium browser = await OpenAsync(1280, 900);
        await browser.EvaluateAsync("window.saved = {}; URL.createObjectURL = blob => { window.last = blob.text(); return 'blob:x'; }; URL.revokeObjectURL = () => {};"
            + "HTMLAnchorElement.prototype.click = function () { window.saved[this.download] = window.last; };");
        JsonElement document = await browser.CallAsync("DOM.getDocument");
        JsonElement input = await browser.CallAsync("DOM.querySelector", new { nodeId = document.GetProperty("root").GetProperty("nodeId").GetInt32(), selector = "#file" });
        await browser.CallAsync("DOM.setFileInputFiles", new { nodeId = input.GetProperty("nodeId").GetInt32(), files = new[] { Clip } });
        await browser.UntilAsync("document.getElementById('status').textContent === 'Done.'");
        foreach (string id in (string[])["saveTxt", "saveSrt", "saveJson"])
            await browser.EvaluateAsync($"document.getElementById('{id}').click()");
        Assert.Equal(Said + "\n", (await browser.EvaluateAsync("window.saved['transcript.txt']")).GetString());
        Assert.Matches("^1\n00:00:00,[0-9]{3} --> 00:00:0[0-9],[0-9]{3}\n" + Said + "\n\n$", (await browser.EvaluateAsync("window.saved['transcript.srt']")).GetString()!);
        JsonElement json = JsonSerializer.Deserialize<JsonElement>((await browser.EvaluateAsync("window.saved['transcript.json']")).GetString()!);
        Assert.Equal(["seven", "three", "nine", "zero"], json.GetProperty("utterances")[0].GetProperty("words").EnumerateArray().Select(w => w.GetProperty("word").GetString()));
        Assert.Empty(browser.Faults);
    }

    [ChromiumFact]
    public async Task On_a_phone_nothing_sticks_out_and_all_controls_can_be_hit()
    {
        await using Chromium browser = await OpenAsync(375, 720);
        Assert.True((await browser.EvaluateAsync("document.documentElement.scrollWidth <= innerWidth")).GetBoolean());
        Assert.Equal("[]", (await browser.EvaluateAsync(
            "JSON.stringify([...document.querySelectorAll('button, .button')].filter(b => b.getBoundingClientRect().height < 43).map(b => b.textContent))")).GetString());
        Assert.Equal("[]", (await browser.EvaluateAsync(
            "JSON.stringify([...document.querySelectorAll('button, input, textarea')].filter(c => !(c.textContent.trim() || c.labels?.length || c.ariaLabel)).map(c => c.id))")).GetString());
        Assert.Empty(browser.Faults);
    }

    private static SpeechServer Server(Recognizer recognizer) => new(recognizer, new ServerOptions { Port = 0, ModelName = "commands" });

    private async Task<Chromium> OpenAsync(int width, int height)
    {
        Chromium browser = await Chromium.StartAsync(Clip, width, height);
        await browser.CallAsync("Page.navigate", new { url = _server.Addresses[0].ToString() });
        await browser.UntilAsync("document.getElementById('status')?.textContent === 'Ready.' && document.getElementById('model').textContent.includes('commands')");
        return browser;
    }
}
