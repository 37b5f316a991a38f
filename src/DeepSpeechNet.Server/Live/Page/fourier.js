// Decibels of the spectrum of one window: a radix-2 transform with a Hann window.
export class Fourier {
  constructor(size) {
    this.size = size;
    this.window = Float32Array.from({ length: size }, (_, i) => .5 - .5 * Math.cos(2 * Math.PI * i / size));
    this.cos = Float32Array.from({ length: size / 2 }, (_, i) => Math.cos(2 * Math.PI * i / size));
    this.sin = Float32Array.from({ length: size / 2 }, (_, i) => Math.sin(2 * Math.PI * i / size));
    this.real = new Float32Array(size);
    this.imaginary = new Float32Array(size);
    this.order = new Uint16Array(size);
    const bits = Math.log2(size);
    for (let i = 0; i < size; i++) {
      let reversed = 0;
      for (let b = 0; b < bits; b++) reversed |= (i >> b & 1) << (bits - 1 - b);
      this.order[i] = reversed;
    }
  }

  decibels(samples) {
    const { size, real, imaginary, order, cos, sin } = this;
    for (let i = 0; i < size; i++) {
      real[order[i]] = samples[i] * this.window[i];
      imaginary[i] = 0;
    }
    for (let half = 1; half < size; half *= 2) {
      const stride = size / (2 * half);
      for (let start = 0; start < size; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const c = cos[k * stride], s = sin[k * stride], a = start + k, b = a + half;
          const re = real[b] * c + imaginary[b] * s, im = imaginary[b] * c - real[b] * s;
          real[b] = real[a] - re;
          imaginary[b] = imaginary[a] - im;
          real[a] += re;
          imaginary[a] += im;
        }
      }
    }
    const result = new Float32Array(size / 2), scale = 4 / size;
    for (let i = 0; i < result.length; i++) result[i] = 20 * Math.log10(Math.hypot(real[i], imaginary[i]) * scale + 1e-10);
    return result;
  }
}
