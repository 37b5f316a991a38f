// One stream to the server: samples out, updates in.
export class Session {
  // handlers: ready(message), update(message), end(), failed(sentence)
  constructor(rate, hotWords, key, handlers) {
    this.handlers = handlers;
    this.waiting = [];
    this.over = false;
    const address = new URL("live", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(address, key ? ["dsn", "key." + hex(key)] : ["dsn"]);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => {
      this.socket.send(JSON.stringify({ type: "start", sampleRate: rate, format: "f32", hotWords }));
      for (const block of this.waiting) this.socket.send(block);
      this.waiting = [];
      if (this.stopping) this.stop();
    };
    this.socket.onmessage = event => this.receive(JSON.parse(event.data));
    this.socket.onclose = event => this.finish(event.reason || (event.code === 1006 ? "The server does not answer." : "The stream was closed."));
  }

  send(samples) {
    if (this.over) return;
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(samples);
    else if (this.socket.readyState === WebSocket.CONNECTING) this.waiting.push(samples);
  }

  stop() {
    this.stopping = true;
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type: "stop" }));
  }

  // How much was sent and has not left the browser yet.
  get buffered() { return this.socket.bufferedAmount; }

  receive(message) {
    if (message.type === "ready") this.handlers.ready(message);
    else if (message.type === "end") {
      this.over = true;
      this.handlers.end();
    } else this.handlers.update(message);
  }

  finish(reason) {
    if (this.over) return;
    this.over = true;
    this.handlers.failed(reason);
  }
}

function hex(text) {
  return [...new TextEncoder().encode(text)].map(b => b.toString(16).padStart(2, "0")).join("");
}
