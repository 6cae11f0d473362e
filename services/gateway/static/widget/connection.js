/** The WebSocket: greets, listens, notices silence, and comes back with the cursor. */

const SUBPROTOCOL = "deskbell.v1";
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 20_000;
const READY_WITHIN_MS = 10_000;
const PING_EVERY_MS = 25_000;
const PONG_WITHIN_MS = 10_000;

/** What a close code asks of us; every other code means: come back and resume. */
const ON_CLOSE = {
  1009: "too_big", 4401: "renew", 4400: "stop", 4403: "stop", 4409: "replaced", 4413: "too_big", 4415: "stop", 4509: "resync",
};

/** How long to wait before try number `attempt` (from 0), spread so that clients do not return as a herd. */
export function backOff(attempt, random = Math.random()) {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  return full / 2 + (full / 2) * random;
}

/**
 * One conversation's connection. `events`: onReady(), onFrame(frame), onState(state), onEnd(reason).
 * States: off, connecting, ready, waiting. Reasons: renew, stop, replaced, resync, too_big.
 */
export class Connection {
  #address;
  #events;
  #hello = null;
  #socket = null;
  #attempt = 0;
  #notBefore = 0;
  #timers = new Map();
  state = "off";

  constructor(server, events) {
    this.#address = `${server.replace(/^http/, "ws")}/v1/ws`;
    this.#events = events;
  }

  /** Connects now; `hello` is called for the first frame of every connection. */
  open(hello) {
    this.close();
    this.#hello = hello;
    this.#connect();
  }

  close() {
    this.#hello = null;
    this.#drop();
    this.#enter("off");
  }

  /** Sends if the conversation is joined; says whether it did. */
  send(frame) {
    if (this.state !== "ready" || this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** The network is back: no reason to wait out the back-off, unless the server asked for it. */
  hurry() {
    if (this.state !== "waiting") return;
    this.#attempt = 0;
    this.#later("connect", Math.max(0, this.#notBefore - Date.now()), () => this.#connect());
  }

  /** The network says that it is gone. */
  lost() {
    if (this.state === "ready" || this.state === "connecting") this.#retry(null);
  }

  #connect() {
    this.#drop();
    this.#enter("connecting");
    const socket = new WebSocket(this.#address, SUBPROTOCOL);
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", ...this.#hello() }));
    socket.onmessage = (message) => this.#read(message.data);
    socket.onclose = (event) => this.#closed(event.code, event.reason);
    this.#later("ready", READY_WITHIN_MS, () => this.#retry(null));
  }

  #read(data) {
    this.#listen();
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    if (frame.type === "ready") this.#ready();
    else if (frame.type === "server.draining") this.#retry(frame.reconnect_after_ms ?? 0);
    else if (frame.type === "error" && !frame.client_message_id && frame.retry_after_ms) this.#hold(frame.retry_after_ms);
    if (frame.type !== "ready" && frame.type !== "pong") this.#events.onFrame(frame);
  }

  #ready() {
    this.#stopTimer("ready");
    this.#attempt = 0;
    this.#enter("ready");
    this.#listen();
    this.#events.onReady();
  }

  /** A ping after a time of silence; silence after the ping means that the line is dead. */
  #listen() {
    this.#later("ping", PING_EVERY_MS, () => {
      this.send({ type: "ping" });
      this.#later("ping", PONG_WITHIN_MS, () => this.#retry(null));
    });
  }

  #closed(code, reason) {
    const ask = ON_CLOSE[code];
    if (!ask) {
      this.#retry(code === 4429 ? askedDelay(reason) : null);
      return;
    }
    this.close();
    this.#events.onEnd(ask);
  }

  #hold(delayMs) {
    this.#notBefore = Date.now() + delayMs;
  }

  #retry(delayMs) {
    this.#drop();
    if (!this.#hello) return;
    if (delayMs) this.#hold(delayMs);
    const asked = this.#notBefore - Date.now();
    const delay = Math.max(asked, delayMs ?? backOff(this.#attempt));
    this.#attempt += 1;
    this.#enter("waiting");
    this.#later("connect", delay, () => this.#connect());
  }

  #drop() {
    for (const name of [...this.#timers.keys()]) this.#stopTimer(name);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #enter(state) {
    if (this.state === state) return;
    this.state = state;
    this.#events.onState(state);
  }

  #later(name, delayMs, act) {
    this.#stopTimer(name);
    this.#timers.set(name, setTimeout(act, delayMs));
  }

  #stopTimer(name) {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}

/** `retry_after_ms` from a close reason such as `{"retry_after_ms": 3000}` or `retry_after_ms=3000`. */
function askedDelay(reason) {
  const found = /retry_after_ms\D{0,4}(\d{1,7})/.exec(reason ?? "");
  return found ? Number(found[1]) : 5_000;
}
