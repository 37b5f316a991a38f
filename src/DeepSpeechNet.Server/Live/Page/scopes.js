// Waveform, spectrogram and letter spikes: three strips that scroll together. Time runs to the right; the right edge is now.
import { Fourier } from "./fourier.js";

const longest = 8, shortest = 3;
const columnsASecond = 50;
const lowestHertz = 60, highestHertz = 8000;
const softest = -90, loudest = -14;
const palette = makePalette();

export class Scopes {
  constructor(wave, spectrum, spikes) {
    this.canvases = [wave, spectrum, spikes];
    this.contexts = this.canvases.map(c => c.getContext("2d"));
    this.seconds = wave.clientWidth < 600 ? shortest : longest;
    this.columns = this.seconds * columnsASecond;
    this.clear();
    this.resize();
    new ResizeObserver(() => this.resize()).observe(wave);
    this.wanted = false;
  }

  clear() {
    this.heard = 0;
    this.count = 0;
    this.rest = new Float32Array(0);
    this.peaks = [];
    this.letters = new Map();
    this.rate = 0;
    this.strip = null;
    this.draw();
  }

  // Takes samples of the stream in order.
  add(samples, rate) {
    if (rate !== this.rate) {
      this.rate = rate;
      this.fourier = new Fourier(rate > 24000 ? 2048 : 1024);
    }
    const joined = new Float32Array(this.rest.length + samples.length);
    joined.set(this.rest);
    joined.set(samples, this.rest.length);
    const step = Math.round(rate / columnsASecond);
    let at = 0;
    while (joined.length - at >= Math.max(step, this.fourier.size)) {
      let low = 0, high = 0;
      for (let i = at; i < at + step; i++) {
        if (joined[i] < low) low = joined[i];
        if (joined[i] > high) high = joined[i];
      }
      this.peaks.push([low, high]);
      if (this.peaks.length > this.columns) this.peaks.shift();
      this.paintColumn(this.fourier.decibels(joined.subarray(at, at + this.fourier.size)));
      this.count++;
      at += step;
    }
    this.rest = joined.slice(at);
    this.heard += samples.length / rate;
    this.draw();
  }

  // The letters of an utterance; the next update of the same one takes their place.
  setLetters(utterance, letters) {
    this.letters.set(utterance, letters);
    for (const [known, list] of this.letters) {
      if (list.length > 0 && list[list.length - 1][1] < this.heard - 2 * this.seconds) this.letters.delete(known);
    }
    this.draw();
  }

  resize() {
    const scale = window.devicePixelRatio || 1;
    for (const canvas of this.canvases) {
      canvas.width = Math.max(1, Math.round(canvas.clientWidth * scale));
      canvas.height = Math.max(1, Math.round(canvas.clientHeight * scale));
    }
    this.draw();
  }

  draw() {
    if (this.wanted) return;
    this.wanted = true;
    requestAnimationFrame(() => {
      this.wanted = false;
      this.drawWave();
      this.drawSpectrum();
      this.drawSpikes();
    });
  }

  paintColumn(decibels) {
    const bands = 128;
    if (!this.strip) {
      this.strip = document.createElement("canvas");
      this.strip.width = this.columns;
      this.strip.height = bands;
      this.stripContext = this.strip.getContext("2d");
      this.column = this.stripContext.createImageData(1, bands);
    }
    const binHertz = this.rate / this.fourier.size;
    const lowMel = mel(lowestHertz), highMel = mel(Math.min(highestHertz, this.rate / 2));
    for (let band = 0; band < bands; band++) {
      const from = hertz(lowMel + (highMel - lowMel) * band / bands) / binHertz;
      const to = hertz(lowMel + (highMel - lowMel) * (band + 1) / bands) / binHertz;
      let value = -200;
      for (let bin = Math.floor(from); bin <= Math.min(Math.floor(to), decibels.length - 1); bin++) value = Math.max(value, decibels[bin]);
      const shade = Math.max(0, Math.min(255, Math.round(255 * (value - softest) / (loudest - softest))));
      const pixel = 4 * (bands - 1 - band);
      this.column.data.set(palette.subarray(4 * shade, 4 * shade + 4), pixel);
    }
    this.stripContext.putImageData(this.column, this.count % this.columns, 0);
  }

  // Where a time of the stream lies. The newest column ends at the right edge, in all three strips.
  place(time, width) { return width - (this.count / columnsASecond - time) * width / this.seconds; }

  // A faint line at each whole second through all strips.
  drawSeconds(context, { width, height }, tell) {
    context.fillStyle = "#c8d6e31f";
    const now = this.count / columnsASecond;
    for (let second = Math.max(0, Math.ceil(now - this.seconds)); second <= now; second++) context.fillRect(Math.round(this.place(second, width)), 0, 1, height);
    if (!tell || this.count === 0) return;
    const scale = window.devicePixelRatio || 1;
    context.fillStyle = "#8fa3b5";
    context.textAlign = "left";
    context.font = `${11 * scale}px system-ui, sans-serif`;
    for (let second = Math.max(0, Math.ceil(now - this.seconds)); second <= now; second++) {
      context.fillText(`${Math.floor(second / 60)}:${String(second % 60).padStart(2, "0")}`, this.place(second, width) + 4 * scale, height - 6 * scale);
    }
  }

  drawWave() {
    const context = this.contexts[0], { width, height } = this.canvases[0];
    context.clearRect(0, 0, width, height);
    this.drawSeconds(context, this.canvases[0]);
    context.fillStyle = "#233142";
    context.fillRect(0, height / 2 - .5, width, 1);
    const step = width / this.columns, first = this.columns - this.peaks.length;
    context.fillStyle = "#5ec8d8";
    for (let i = 0; i < this.peaks.length; i++) {
      // Speech is soft against full scale: a root shows it.
      const high = Math.pow(Math.min(1, this.peaks[i][1]), .65), low = -Math.pow(Math.min(1, -this.peaks[i][0]), .65);
      const top = height / 2 * (1 - .95 * high), bottom = height / 2 * (1 - .95 * low);
      context.fillRect((first + i) * step, top, Math.max(1, step * .62), Math.max(1, bottom - top));
    }
  }

  drawSpectrum() {
    const context = this.contexts[1], { width, height } = this.canvases[1];
    context.fillStyle = `rgb(${palette[0]} ${palette[1]} ${palette[2]})`;
    context.fillRect(0, 0, width, height);
    if (!this.strip || this.count === 0) return;
    context.imageSmoothingEnabled = true;
    const shown = Math.min(this.count, this.columns), step = width / this.columns;
    const newest = this.count % this.columns;
    if (this.count < this.columns) {
      context.drawImage(this.strip, 0, 0, shown, this.strip.height, width - shown * step, 0, shown * step, height);
    } else {
      const old = this.columns - newest;
      if (old > 0) context.drawImage(this.strip, newest, 0, old, this.strip.height, 0, 0, old * step, height);
      if (newest > 0) context.drawImage(this.strip, 0, 0, newest, this.strip.height, old * step, 0, newest * step, height);
    }
    this.drawSeconds(context, this.canvases[1]);
    const scale = window.devicePixelRatio || 1;
    context.font = `${11 * scale}px system-ui, sans-serif`;
    context.fillStyle = "#dbe6f0";
    context.strokeStyle = "#0b1016d0";
    context.lineWidth = 3 * scale;
    const low = mel(lowestHertz), high = mel(Math.min(highestHertz, this.rate / 2));
    for (const line of [500, 1000, 2000, 4000]) {
      const y = height * (1 - (mel(line) - low) / (high - low)), label = line >= 1000 ? `${line / 1000} kHz` : `${line} Hz`;
      context.fillRect(0, y, 6 * scale, 1);
      context.strokeText(label, 10 * scale, y + 4 * scale);
      context.fillText(label, 10 * scale, y + 4 * scale);
    }
  }

  drawSpikes() {
    const context = this.contexts[2], { width, height } = this.canvases[2], scale = window.devicePixelRatio || 1;
    context.clearRect(0, 0, width, height);
    this.drawSeconds(context, this.canvases[2], true);
    const size = (width > 600 * scale ? 14 : 11) * scale, base = height - 42 * scale;
    context.fillStyle = "#233142";
    context.fillRect(0, base, width, 1);
    context.textAlign = "center";
    context.font = `600 ${size}px ui-monospace, "DejaVu Sans Mono", monospace`;
    for (const list of this.letters.values()) {
      const places = list.map(([, time]) => this.place(time, width)), labels = spread(places, .62 * size);
      list.forEach(([letter, , probability], i) => {
        if (places[i] < -size || places[i] > width + size) return;
        const tall = probability * (base - 6 * scale);
        context.fillStyle = letter === " " ? "#41566b" : mix(probability);
        context.fillRect(places[i] - scale, base - tall, 2 * scale, tall);
        context.fillText(letter, labels[i], base + size * 1.2);
      });
    }
  }
}

// Places at least a gap apart, as near to the wished ones as can be (pool adjacent violators): a word's letters stay a word under its spikes.
function spread(wished, gap) {
  const blocks = [];
  wished.forEach((place, i) => {
    let block = { sum: place - i * gap, count: 1 };
    while (blocks.length > 0 && blocks.at(-1).sum / blocks.at(-1).count > block.sum / block.count) {
      const before = blocks.pop();
      block = { sum: before.sum + block.sum, count: before.count + block.count };
    }
    blocks.push(block);
  });
  const places = [];
  for (const { sum, count } of blocks) {
    for (let n = 0; n < count; n++) places.push(sum / count + places.length * gap);
  }
  return places;
}

function mel(hertz) { return 1127 * Math.log(1 + hertz / 700); }

function hertz(mel) { return 700 * (Math.exp(mel / 1127) - 1); }

function mix(probability) {
  const warm = Math.max(0, Math.min(1, (probability - .4) / .6));
  return `rgb(${Math.round(150 + 105 * warm)} ${Math.round(130 + 50 * warm)} ${Math.round(150 - 66 * warm)})`;
}

// Dark blue by violet and orange to pale yellow, lighter all the way, so that it reads without colour too.
function makePalette() {
  const stops = [[11, 16, 22], [30, 28, 74], [92, 32, 110], [176, 52, 96], [240, 110, 62], [253, 188, 84], [255, 247, 205]];
  const colours = new Uint8ClampedArray(4 * 256);
  for (let i = 0; i < 256; i++) {
    const at = i / 255 * (stops.length - 1), left = Math.min(stops.length - 2, Math.floor(at)), part = at - left;
    for (let c = 0; c < 3; c++) colours[4 * i + c] = stops[left][c] + part * (stops[left + 1][c] - stops[left][c]);
    colours[4 * i + 3] = 255;
  }
  return colours;
}
