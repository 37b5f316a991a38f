// The transcript as text, subtitles and JSON.
export function asText(utterances) {
  return utterances.map(u => u.text + "\n").join("");
}

export function asJson(utterances) {
  return JSON.stringify({ text: utterances.map(u => u.text).join(" "), utterances: utterances.map(({ start, end, text, words }) => ({ start, end, text, words })) }, null, 2) + "\n";
}

// A cue ends at a pause, at seven seconds, or before it is too long to read.
export function asSubtitles(utterances) {
  const cues = [];
  for (const { words } of utterances) {
    let cue = [];
    for (const word of words) {
      const full = cue.length > 0 && (word.start - cue[cue.length - 1].end > .7 || word.end - cue[0].start > 7 || cue.map(w => w.word).join(" ").length + word.word.length > 76);
      if (full) {
        cues.push(cue);
        cue = [];
      }
      cue.push(word);
    }
    if (cue.length > 0) cues.push(cue);
  }
  return cues.map((cue, i) => {
    const next = i + 1 < cues.length ? cues[i + 1][0].start : Infinity;
    const end = Math.min(Math.max(cue[cue.length - 1].end, cue[0].start + 1), next);
    return `${i + 1}\n${time(cue[0].start)} --> ${time(end)}\n${cue.map(w => w.word).join(" ")}\n\n`;
  }).join("");
}

function time(seconds) {
  const milliseconds = Math.round(1000 * seconds), two = n => String(n).padStart(2, "0");
  return `${two(Math.floor(milliseconds / 3600000))}:${two(Math.floor(milliseconds / 60000) % 60)}:${two(Math.floor(milliseconds / 1000) % 60)},${String(milliseconds % 1000).padStart(3, "0")}`;
}
