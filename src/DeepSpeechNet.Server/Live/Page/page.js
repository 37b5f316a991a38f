import { Scopes } from "./scopes.js";
import { Session } from "./session.js";
import { asJson, asSubtitles, asText } from "./subtitles.js";

const $ = id => document.getElementById(id);
const scopes = new Scopes($("wave"), $("spectrum"), $("spikes"));
const utterances = [];
let session = null, microphone = null, partial = null, began = 0, sounding = 0;

$("talk").onclick = () => session ? stop() : listen();
$("file").onchange = event => {
  const file = event.target.files[0];
  event.target.value = "";
  if (file) open(file);
};
$("clear").onclick = clear;
$("saveTxt").onclick = () => save("transcript.txt", "text/plain", asText(utterances));
$("saveSrt").onclick = () => save("transcript.srt", "application/x-subrip", asSubtitles(utterances));
$("saveJson").onclick = () => save("transcript.json", "application/json", asJson(utterances));
$("theme").onclick = () => {
  const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
};

// Space starts and stops, wherever no control wants it.
document.addEventListener("keydown", event => {
  if (event.code !== "Space" || event.repeat || event.target.closest("button, input, textarea, summary, label, a")) return;
  event.preventDefault();
  $("talk").click();
});
for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, event => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    $("drop").hidden = false;
  });
}
document.addEventListener("dragleave", event => { if (!event.relatedTarget) $("drop").hidden = true; });
document.addEventListener("drop", event => {
  event.preventDefault();
  $("drop").hidden = true;
  const file = event.dataTransfer.files[0];
  if (file) open(file);
});

$("keyForm").onsubmit = event => {
  event.preventDefault();
  greet();
};
greet();

// Says which model listens, or asks for the key that the server wants.
async function greet() {
  try {
    const key = $("key").value;
    const answer = await fetch("v1/models", { headers: key ? { authorization: "Bearer " + key } : {} });
    if (answer.status === 401) {
      $("keyBox").hidden = false;
      $("keyBox").open = true;
      $("key").focus();
      say(key ? "The server does not know this key." : "This server asks for a key.", key !== "");
    } else if (answer.ok) {
      $("model").textContent = listener((await answer.json()).data[0].id);
      say("Ready.");
    }
  } catch {
    say("The server does not answer.", true);
  }
}

async function listen() {
  if (!navigator.mediaDevices) {
    say("This browser gives a page its microphone over https only.", true);
    return;
  }
  let stream, context;
  try {
    say("Waiting for the microphone …");
    stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true } });
    context = new AudioContext();
    await context.audioWorklet.addModule("worklet.js");
  } catch (problem) {
    stream?.getTracks().forEach(track => track.stop());
    await context?.close();
    say(problem.name === "NotAllowedError" ? "The microphone was not allowed." : problem.name === "NotFoundError" ? "There is no microphone." : "The microphone cannot be used.", true);
    return;
  }
  const source = context.createMediaStreamSource(stream), tap = new AudioWorkletNode(context, "tap", { numberOfOutputs: 0 });
  begin(context.sampleRate, "Listening");
  const mine = session;
  tap.port.onmessage = event => hear(mine, event.data, context.sampleRate);
  source.connect(tap);
  microphone = { stream, context };
}

// A recording is read as the browser decodes it, and sent no faster than it can be watched.
async function open(file) {
  if (session) await stop();
  say("Reading the recording …");
  let sound;
  const decoder = new AudioContext();
  try {
    sound = await decoder.decodeAudioData(await file.arrayBuffer());
  } catch {
    say("The recording cannot be read; try a WAV or FLAC file.", true);
    return;
  } finally {
    await decoder.close();
  }
  const mono = new Float32Array(sound.length);
  for (let c = 0; c < sound.numberOfChannels; c++) {
    const channel = sound.getChannelData(c);
    for (let i = 0; i < mono.length; i++) mono[i] += channel[i] / sound.numberOfChannels;
  }
  begin(sound.sampleRate, "Reading");
  const mine = session, block = Math.round(sound.sampleRate / 25), pace = 6;
  const started = performance.now();
  for (let at = 0; at < mono.length && session === mine && !mine.over && !mine.stopping; at += block) {
    hear(mine, mono.slice(at, at + block), sound.sampleRate);
    const ahead = 1000 * at / sound.sampleRate / pace - (performance.now() - started);
    if (ahead > 20 || mine.buffered > 1 << 20) await new Promise(go => setTimeout(go, Math.max(20, ahead)));
  }
  if (session === mine && !mine.over) stop();
}

function begin(rate, doing) {
  $("hint").hidden = true;
  scopes.clear();
  sounding = 0;
  began = utterances.length > 0 ? utterances[utterances.length - 1].end : 0;
  const hotWords = $("hotWords").value.split("\n").map(l => l.trim()).filter(l => l.length > 0);
  const offset = began;
  const mine = new Session(rate, hotWords, $("key").value, {
    ready: message => {
      if (session === mine && !mine.stopping) say(`${doing} …`);
      $("model").textContent = listener(message.model);
    },
    update: message => show(message, offset),
    end: () => finished(mine, "Done."),
    failed: reason => finished(mine, reason, true),
  });
  session = mine;
  $("talk").setAttribute("aria-pressed", "true");
  $("talkLabel").textContent = "Stop";
}

function hear(mine, samples, rate) {
  if (session !== mine || mine.stopping) return;
  mine.send(samples);
  scopes.add(samples, rate);
  sounding += samples.length / rate;
  $("clock").textContent = `${Math.floor(sounding / 60)}:${(sounding % 60).toFixed(1).padStart(4, "0")}`;
}

function stop() {
  if (!session) return Promise.resolve();
  const mine = session;
  release();
  say("Finishing …");
  const ended = new Promise(go => { mine.ended = go; });
  mine.stop();
  return Promise.race([ended, new Promise(go => setTimeout(go, 5000))]);
}

function release() {
  microphone?.stream.getTracks().forEach(track => track.stop());
  microphone?.context.close();
  microphone = null;
  $("talk").setAttribute("aria-pressed", "false");
  $("talkLabel").textContent = "Listen";
}

function finished(mine, sentence, bad) {
  if (session === mine) {
    session = null;
    release();
    partial?.remove();
    partial = null;
    say(sentence, bad);
  }
  mine.ended?.();
}

function show(message, offset) {
  scopes.setLetters(message.utterance, message.letters);
  const log = $("transcript"), follow = log.scrollTop + log.clientHeight >= log.scrollHeight - 40;
  if (message.text.length > 0 || partial) {
    partial ??= log.appendChild(document.createElement("p"));
    partial.replaceChildren(...message.words.flatMap((word, i) => {
      const span = document.createElement("span");
      span.textContent = word.word;
      span.title = `${word.start.toFixed(2)}–${word.end.toFixed(2)} s, ${Math.round(100 * word.confidence)} % sure`;
      span.className = message.type === "final" ? "word " + (word.confidence >= .85 ? "sure" : word.confidence >= .55 ? "fair" : "unsure") : "partial";
      return i === 0 ? [span] : [" ", span];
    }));
  }
  if (message.type === "final") {
    if (message.text.length > 0) {
      const move = word => ({ ...word, start: round(word.start + offset), end: round(word.end + offset) });
      utterances.push({ start: round(message.start + offset), end: round(message.end + offset), text: message.text, words: message.words.map(move) });
      for (const id of ["saveTxt", "saveSrt", "saveJson", "clear"]) $(id).disabled = false;
    } else partial?.remove();
    partial = null;
  }
  if (follow) log.scrollTop = log.scrollHeight;
}

function clear() {
  utterances.length = 0;
  $("transcript").replaceChildren();
  for (const id of ["saveTxt", "saveSrt", "saveJson", "clear"]) $(id).disabled = true;
  $("talk").focus();
}

function say(sentence, bad = false) {
  $("status").textContent = sentence;
  $("status").classList.toggle("bad", bad);
}

function save(name, type, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function listener(model) { return `Model ${model} · sound stays on this server`; }

function round(seconds) { return Math.round(1000 * seconds) / 1000; }
