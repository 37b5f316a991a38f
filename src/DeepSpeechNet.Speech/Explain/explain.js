'use strict';
(() => {
  const $ = id => document.getElementById(id);
  const data = JSON.parse($('data').textContent);
  const total = data.duration;

  const bytesOf = text => {
    const raw = atob(text), bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    return bytes;
  };

  // A WAV file of 44 bytes of header and 16-bit samples.
  const wav = bytesOf(data.wav);
  const rate = new DataView(wav.buffer).getUint32(24, true);
  const samples = new Int16Array(wav.buffer, 44);
  const picture = bytesOf(data.picture.values);
  const bands = data.picture.bands, rows = picture.length / bands;
  const blank = data.symbols.length, classes = blank + 1;
  const utterances = data.utterances.map(u => ({ start: u.start, p: bytesOf(u.p) }));
  let loudest = 1;
  for (const s of samples) loudest = Math.max(loudest, Math.abs(s));

  const canvases = ['wave', 'mel', 'ctc', 'axis', 'overview-canvas'].map($);
  const tracks = $('tracks');
  const view = { from: 0, to: total };
  let now = 0, drawn = false, touched = false;

  // ---- Colours: read from the style sheet, so that both themes have one source.
  const probe = document.body.appendChild(document.createElement('span'));
  probe.hidden = true;
  const css = name => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color; };
  const isDark = () => {
    const set = document.documentElement.dataset.theme;
    return set ? set === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  };
  let ink, soft, line, main, panel, letterColours, pictureCanvas;

  // Loudness as colour: paper to deep blue by day, night to pale gold by night.
  const day = [[255, 255, 255], [239, 236, 226], [196, 209, 214], [126, 161, 186], [62, 100, 146], [34, 50, 98], [22, 22, 46]];
  const night = [[20, 22, 27], [34, 28, 62], [84, 38, 103], [150, 53, 99], [214, 86, 72], [247, 150, 66], [253, 231, 160]];
  const mix = (stops, v) => {
    const at = v * (stops.length - 1), i = Math.min(stops.length - 2, Math.floor(at)), f = at - i;
    return stops[i].map((c, k) => c + (stops[i + 1][k] - c) * f);
  };

  // The golden angle from one letter to the next, the most frequent first, so that neighbours in words seldom look alike.
  const frequent = 'etaoinshrdlucmfwygpbvkxqjz\'';
  const hueOf = (symbol, i) => {
    const rank = frequent.indexOf(symbol);
    return ((rank < 0 ? frequent.length + i : rank) * 137.508 + 28) % 360;
  };

  const restyle = () => {
    [ink, soft, line, main, panel] = ['ink', 'soft', 'line', 'main', 'panel'].map(css);
    const dark = isDark();
    letterColours = data.symbols.map((symbol, i) => symbol === ' ' ? soft
      : `oklch(${dark ? 0.78 : 0.56} ${dark ? 0.14 : 0.16} ${hueOf(symbol, i)})`);
    if (rows > 0) {
      const table = Array.from({ length: 256 }, (_, v) => mix(dark ? night : day, v / 255));
      pictureCanvas = document.createElement('canvas');
      pictureCanvas.width = rows;
      pictureCanvas.height = bands;
      const image = new ImageData(rows, bands);
      for (let t = 0; t < rows; t++) {
        for (let b = 0; b < bands; b++) {
          const colour = table[picture[t * bands + b]], at = 4 * ((bands - 1 - b) * rows + t);
          image.data[at] = colour[0]; image.data[at + 1] = colour[1]; image.data[at + 2] = colour[2]; image.data[at + 3] = 255;
        }
      }
      pictureCanvas.getContext('2d').putImageData(image, 0, 0);
    }
    redraw();
  };

  // ---- Drawing.
  const open = canvas => {
    const box = canvas.getBoundingClientRect(), scale = devicePixelRatio || 1;
    canvas.width = Math.max(1, Math.round(box.width * scale));
    canvas.height = Math.max(1, Math.round(box.height * scale));
    const g = canvas.getContext('2d');
    g.scale(scale, scale);
    return [g, box.width, box.height];
  };
  const xOf = (t, w) => (t - view.from) / (view.to - view.from) * w;
  const family = getComputedStyle(document.body).fontFamily;

  const drawEnvelope = (g, w, h, from, to) => {
    const middle = h / 2, scale = (h / 2 - 1) / loudest;
    g.beginPath();
    for (let x = 0; x < w; x++) {
      const a = Math.max(0, Math.floor((from + (to - from) * x / w) * rate));
      const b = Math.min(samples.length, Math.max(a + 1, Math.floor((from + (to - from) * (x + 1) / w) * rate)));
      let low = 0, high = 0;
      for (let i = a; i < b; i++) { if (samples[i] < low) low = samples[i]; else if (samples[i] > high) high = samples[i]; }
      const top = middle - high * scale, bottom = middle - low * scale;
      g.rect(x, top - 0.4, 1, Math.max(0.8, bottom - top + 0.8));
    }
    g.fillStyle = main;
    g.fill();
  };

  const drawWave = () => {
    const [g, w, h] = open($('wave'));
    drawEnvelope(g, w, h, view.from, view.to);
  };

  const drawPicture = () => {
    const [g, w, h] = open($('mel'));
    if (!pictureCanvas) return;
    const { hop, window, hertz } = data.picture, lead = (window - hop) / 2;
    g.imageSmoothingQuality = 'high';
    const first = xOf(lead, w), last = xOf(lead + rows * hop, w);
    g.fillStyle = `rgb(${mix(isDark() ? night : day, 0).join()})`;
    g.fillRect(0, 0, w, h);
    g.drawImage(pictureCanvas, 0, 0, rows, bands, first, 0, last - first, h);
    g.font = `11px ${family}`;
    g.textBaseline = 'middle';
    let lowest = -99;
    for (const mark of [4000, 2000, 1000, 500, 250]) {
      let band = hertz.findIndex(f => f >= mark);
      if (band < 1) continue;
      const part = (mark - hertz[band - 1]) / (hertz[band] - hertz[band - 1]);
      const y = h * (1 - (band - 0.5 + part) / bands), label = mark < 1000 ? `${mark} Hz` : `${mark / 1000} kHz`;
      if (y < lowest + 15) continue;
      lowest = y;
      g.fillStyle = panel; g.globalAlpha = 0.66;
      g.fillRect(0, y - 7.5, g.measureText(label).width + 7, 15);
      g.globalAlpha = 1; g.fillStyle = soft;
      g.fillText(label, 3, y + 0.5);
    }
  };

  const drawLetters = () => {
    const [g, w, h] = open($('ctc'));
    const top = 20, bottom = h - 5, y = v => bottom - (bottom - top) * v / 255;
    g.font = `11px ${family}`;
    g.lineWidth = 1;
    for (const v of [0, 127.5, 255]) {
      g.strokeStyle = line;
      g.beginPath(); g.moveTo(0, y(v)); g.lineTo(w, y(v)); g.stroke();
    }
    const width = data.frame / (view.to - view.from) * w;
    const labels = [];
    for (const { start, p } of utterances) {
      const frames = p.length / classes;
      const a = Math.max(0, Math.floor((view.from - start) / data.frame) - 1), b = Math.min(frames, Math.ceil((view.to - start) / data.frame) + 1);
      if (a >= b) continue;
      const x = k => xOf(start + (k + 0.5) * data.frame, w);
      g.setLineDash([1.5, 3.5]); g.strokeStyle = soft; g.lineWidth = 1.3; g.lineCap = 'round';
      g.beginPath();
      for (let k = a; k < b; k++) g.lineTo(x(k), y(p[k * classes + blank]));
      g.stroke();
      g.setLineDash([]); g.lineWidth = width < 3 ? 1 : 1.7; g.lineJoin = 'round';
      for (let c = 0; c < blank; c++) {
        g.strokeStyle = g.fillStyle = letterColours[c];
        for (let k = a; k < b; k++) {
          if (p[k * classes + c] < 5) continue;
          let end = k;
          while (end < b && p[end * classes + c] >= 5) end++;
          g.beginPath();
          g.moveTo(x(k - 1), bottom);
          for (let i = k; i < end; i++) g.lineTo(x(i), y(p[i * classes + c]));
          g.lineTo(x(end), bottom);
          g.stroke();
          g.globalAlpha = isDark() ? 0.26 : 0.2; g.fill(); g.globalAlpha = 1;
          for (let i = k; i < end; i++) {
            const v = p[i * classes + c];
            if (v > 60 && (i === k || v > p[(i - 1) * classes + c]) && (i + 1 >= end || v >= p[(i + 1) * classes + c])) labels.push({ c, v, x: x(i) });
          }
          k = end;
        }
      }
    }
    // The surest letters get their names first; what would overlap goes without.
    const taken = [], size = Math.max(10, Math.min(15, 8 + width * 0.6));
    g.textAlign = 'center'; g.textBaseline = 'alphabetic';
    g.font = `600 ${size}px ${family}`;
    for (const label of labels.sort((l, r) => r.v - l.v)) {
      if (taken.some(t => Math.abs(t - label.x) < size * 0.62)) continue;
      taken.push(label.x);
      g.fillStyle = letterColours[label.c];
      g.fillText(data.symbols[label.c] === ' ' ? '\u2423' : data.symbols[label.c], label.x, y(label.v) - 5);
    }
  };

  const drawAxis = () => {
    const [g, w, h] = open($('axis'));
    const span = view.to - view.from, steps = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60];
    const step = steps.find(s => s / span * w >= 58) || 60, digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
    g.font = `11.5px ${family}`; g.textBaseline = 'alphabetic'; g.strokeStyle = line;
    for (let i = Math.ceil(view.from / step - 1e-9); i * step <= view.to + 1e-9; i++) {
      const t = i * step, x = xOf(t, w), text = `${t.toFixed(digits)} s`, half = g.measureText(text).width / 2;
      g.beginPath(); g.moveTo(x, 0); g.lineTo(x, 5); g.stroke();
      g.fillStyle = soft;
      g.fillText(text, Math.max(0, Math.min(w - 2 * half, x - half)), h - 5);
    }
  };

  const drawOverview = () => {
    const zoomed = view.to - view.from < total - 1e-6;
    $('overview').hidden = !zoomed;
    if (!zoomed) return;
    const [g, w, h] = open($('overview-canvas'));
    drawEnvelope(g, w, h, 0, total);
    $('window').style.left = `${100 * view.from / total}%`;
    $('window').style.width = `${100 * (view.to - view.from) / total}%`;
  };

  // ---- Words as cells that reach half-way to their neighbours, with a bar where they really are.
  const lanes = [[$('lane'), data.words], [$('heard'), data.heard]].map(([box, words]) => ({
    words, chips: words.map((word, i) => {
      const chip = box.appendChild(document.createElement('div'));
      chip.className = word.changed ? 'chip changed' : 'chip';
      chip.textContent = word.word;
      const before = i > 0 ? (words[i - 1].end + word.start) / 2 : word.start - 0.12;
      const after = i + 1 < words.length ? (words[i + 1].start + word.end) / 2 : word.end + 0.12;
      return { chip, from: Math.max(0, before, word.start - 0.12), to: Math.min(total, after, word.end + 0.12) };
    }),
  }));
  const placeWords = () => {
    const w = $('lane').getBoundingClientRect().width;
    for (const lane of lanes) {
      for (const { chip, from, to } of lane.chips) {
        const left = Math.max(0, xOf(from, w) + 1), right = Math.min(w, xOf(to, w) - 1);
        chip.hidden = right <= 0 || left >= w;
        chip.style.left = `${left}px`;
        chip.style.width = `${Math.max(2, right - left)}px`;
        chip.style.fontSize = right - left < 15 ? '0' : '';
      }
    }
  };

  const redraw = () => {
    if (drawn) return;
    drawn = true;
    requestAnimationFrame(() => {
      drawn = false;
      drawOverview(); drawWave(); drawPicture(); placeWords(); drawLetters(); drawAxis(); moveHead();
    });
  };

  // ---- Where we are.
  const buttons = [...document.querySelectorAll('[data-word]')].map(b => [Number(b.dataset.word), b]);
  let lit = -1;
  const moveHead = () => {
    const w = $('wave').getBoundingClientRect().width, x = xOf(now, w);
    $('playhead').style.transform = `translateX(${x}px)`;
    $('playhead').hidden = !touched || x < -1 || x > w + 1;
    $('time').textContent = `${now.toFixed(2)} s`;
    tracks.setAttribute('aria-valuemax', total.toFixed(2));
    tracks.setAttribute('aria-valuenow', now.toFixed(2));
    const word = sound ? data.words.findIndex(u => now >= u.start - 0.02 && now < u.end + 0.02) : -1;
    if (word !== lit) {
      lit = word;
      for (const [i, button] of buttons) button.classList.toggle('on', i === word);
      // A long text scrolls with the sound.
      const box = document.querySelector('.long .all'), at = box && buttons.find(([i]) => i === word)?.[1];
      if (at && box.contains(at)) box.scrollTop += at.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
      lanes[0].chips.forEach(({ chip }, i) => chip.classList.toggle('on', i === word));
      tracks.setAttribute('aria-valuetext', word < 0 ? `${now.toFixed(2)} seconds` : `${now.toFixed(2)} seconds, ${data.words[word].word}`);
    }
  };
  const seek = t => {
    touched = true;
    now = Math.min(total, Math.max(0, t));
    if (now < view.from || now > view.to) show(now - (view.to - view.from) * 0.1, view.to - view.from);
    moveHead();
    readout(now);
  };
  const show = (from, span) => {
    span = Math.min(total, Math.max(0.25, span));
    view.from = Math.min(total - span, Math.max(0, from));
    view.to = view.from + span;
    redraw();
  };
  const zoom = (factor, t = (now >= view.from && now <= view.to ? now : (view.from + view.to) / 2)) => {
    const span = Math.min(total, Math.max(0.25, (view.to - view.from) * factor));
    show(t - (t - view.from) / (view.to - view.from) * span, span);
  };

  const readout = t => {
    const box = $('readout');
    box.replaceChildren();
    const utterance = utterances.find(u => t >= u.start && t < u.start + u.p.length / classes * data.frame);
    const add = (text, bold) => { const e = document.createElement(bold ? 'b' : 'span'); e.textContent = text; box.append(e); };
    add(`${t.toFixed(2)} s`);
    if (!utterance) { add('   silence'); return; }
    const k = Math.floor((t - utterance.start) / data.frame), row = utterance.p.subarray(k * classes, (k + 1) * classes);
    [...row.keys()].sort((a, b) => row[b] - row[a]).slice(0, 3).filter(c => row[c] > 2).forEach(c => {
      add('   ');
      add(c === blank ? 'blank' : data.symbols[c] === ' ' ? 'space' : data.symbols[c], true);
      add(` ${Math.round(row[c] / 2.55)} %`);
    });
  };

  // ---- Sound.
  let context = null, buffer = null, sound = null, started = 0, origin = 0;
  const stop = () => {
    if (!sound) return;
    sound.onended = null;
    sound.stop();
    sound = null;
    $('play').firstElementChild.textContent = '\u25B6';
    moveHead();
  };
  const play = (from, to) => {
    stop();
    touched = true;
    context ??= new AudioContext();
    context.resume();
    if (!buffer) {
      buffer = context.createBuffer(1, Math.max(1, samples.length), rate);
      const channel = buffer.getChannelData(0);
      for (let i = 0; i < samples.length; i++) channel[i] = samples[i] / 32768;
    }
    sound = context.createBufferSource();
    sound.buffer = buffer;
    sound.connect(context.destination);
    origin = from; started = context.currentTime;
    sound.start(0, from, to - from);
    sound.onended = () => { now = Math.min(total, to); stop(); };
    $('play').firstElementChild.textContent = '\u275A\u275A';
    requestAnimationFrame(follow);
  };
  const follow = () => {
    if (!sound) return;
    now = Math.min(total, origin + Math.max(0, context.currentTime - started));
    const span = view.to - view.from;
    if (now > view.to - span * 0.06 && view.to < total) show(now - span * 0.08, span);
    if (now < view.from) show(now - span * 0.08, span);
    moveHead();
    requestAnimationFrame(follow);
  };
  const toggle = () => sound ? stop() : play(now >= total - 0.02 ? 0 : now, total);
  const playWord = i => {
    const word = data.words[i];
    if (!word) return;
    if (word.start < view.from || word.end > view.to) show((word.start + word.end) / 2 - (view.to - view.from) / 2, view.to - view.from);
    play(Math.max(0, word.start - 0.05), Math.min(total, word.end + 0.07));
  };
  const wordAt = t => lanes[0].chips.findIndex(c => t >= c.from && t < c.to);

  // ---- Hands.
  const timeAt = event => {
    const box = $('wave').getBoundingClientRect();
    return view.from + Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * (view.to - view.from);
  };
  const pointers = new Map();
  let grip = null;
  tracks.addEventListener('pointerdown', event => {
    pointers.set(event.pointerId, event);
    tracks.setPointerCapture(event.pointerId);
    grip = { x: event.clientX, from: view.from, moved: false, word: event.target.closest?.('#lane .chip') };
  });
  tracks.addEventListener('pointermove', event => {
    const before = pointers.get(event.pointerId);
    if (!before) { readout(timeAt(event)); return; }
    if (pointers.size === 2) {
      const other = [...pointers.entries()].find(([id]) => id !== event.pointerId)[1];
      const was = Math.abs(before.clientX - other.clientX), is = Math.abs(event.clientX - other.clientX);
      if (was > 12 && is > 12) zoom(was / is, timeAt({ clientX: (event.clientX + other.clientX) / 2 }));
      pointers.set(event.pointerId, event);
      grip.moved = true;
      return;
    }
    pointers.set(event.pointerId, event);
    if (Math.abs(event.clientX - grip.x) > 4) grip.moved = true;
    if (!grip.moved) return;
    const span = view.to - view.from;
    if (span < total - 1e-6) show(grip.from - (event.clientX - grip.x) / $('wave').getBoundingClientRect().width * span, span);
    else seek(timeAt(event));
  });
  const release = event => {
    if (!pointers.delete(event.pointerId) || !grip || grip.moved || event.type === 'pointercancel') return;
    if (grip.word) { playWord(lanes[0].chips.findIndex(c => c.chip === grip.word)); return; }
    const playing = sound !== null;
    seek(timeAt(event));
    if (playing) play(now, total);
  };
  tracks.addEventListener('pointerup', release);
  tracks.addEventListener('pointercancel', release);
  tracks.addEventListener('dblclick', event => playWord(wordAt(timeAt(event))));
  tracks.addEventListener('wheel', event => {
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (event.ctrlKey || event.metaKey) { event.preventDefault(); zoom(Math.exp(event.deltaY * 0.004), timeAt(event)); }
    else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      event.preventDefault();
      show(view.from + sideways / 900 * (view.to - view.from), view.to - view.from);
    }
  }, { passive: false });
  const overview = event => {
    const box = $('overview').getBoundingClientRect(), span = view.to - view.from;
    show((event.clientX - box.left) / box.width * total - span / 2, span);
  };
  $('overview').addEventListener('pointerdown', event => { $('overview').setPointerCapture(event.pointerId); overview(event); });
  $('overview').addEventListener('pointermove', event => { if (event.buttons) overview(event); });

  for (const [i, button] of buttons) button.addEventListener('click', () => playWord(i));
  $('play').addEventListener('click', toggle);
  $('in').addEventListener('click', () => zoom(0.6));
  $('out').addEventListener('click', () => zoom(1 / 0.6));
  $('fit').addEventListener('click', () => show(0, total));
  $('theme').addEventListener('click', () => { document.documentElement.dataset.theme = isDark() ? 'light' : 'dark'; restyle(); });

  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onButton = event.target.closest?.('button, summary, a');
    const far = event.shiftKey ? 1 : 0.1;
    const keys = {
      ' ': () => onButton ? false : toggle(),
      ArrowRight: () => seek(now + far), ArrowLeft: () => seek(now - far),
      Home: () => event.target === tracks ? seek(0) : false, End: () => event.target === tracks ? seek(total) : false,
      '+': () => zoom(0.6), '=': () => zoom(0.6), '-': () => zoom(1 / 0.6), '0': () => show(0, total),
    };
    const action = keys[event.key];
    if (action && action() !== false) event.preventDefault();
  });

  addEventListener('resize', redraw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', restyle);

  // As many seconds at first as letters have room for.
  const room = Math.max(3, canvases[0].getBoundingClientRect().width / 140);
  if (total > room * 1.3) view.to = room;
  restyle();
})();
