/** The customer's messages on their way: one at a time, in order, each under one id until it is accepted. */

import { KINDS } from "./transcript.js";

const ACCEPTED_WITHIN_MS = 12_000;
const RESEND_AFTER_MS = 1_500;
const MOST_RESENDS = 6;

/** Error codes after which the same message may be sent again. */
const PASSING = new Set([
  "outcome_unknown", "unavailable", "too_many_waiting", "rate_limited", "too_many_connections", "draining", "internal",
]);

export class Outbox {
  #memory;
  #connection;
  #patience;
  #transcript;
  #round = 0;

  /** `transcript`: a function, for a conversation may get a new one. */
  constructor(memory, connection, patience, transcript) {
    this.#memory = memory;
    this.#connection = connection;
    this.#patience = patience;
    this.#transcript = transcript;
  }

  get empty() {
    return this.#waiting.length === 0 && this.#memory.outbox.length === 0;
  }

  get #waiting() {
    return this.#transcript().unaccepted;
  }

  /** A new connection: what was sent over the old one and not accepted is sent again. */
  begin() {
    this.#round += 1;
    this.flush();
  }

  /** Sends the first unaccepted message, once per connection. The next one waits: a refused one keeps its place. */
  flush() {
    const item = this.#waiting[0];
    const round = this.#round;
    if (!item || (item.notBefore ?? 0) > Date.now() || item.round === round) return;
    const frame = { type: KINDS[item.kind], client_message_id: item.id, [item.kind]: item.value };
    if (!this.#connection.send(frame)) return;
    item.round = round;
    this.#patience.later(ACCEPTED_WITHIN_MS, () => item.round === round && this.#again(item, 0));
  }

  /** Remembers what is not accepted yet, and goes on with the next one. */
  settle() {
    const unsent = this.#waiting.map(({ id, kind, value, label }) => ({ id, kind, value, label }));
    this.#memory.keep({ outbox: unsent });
    this.flush();
  }

  /** The server said no to `item`; it is sent again if that may help. */
  refused(item, code, retryAfterMs) {
    item.resends = (item.resends ?? 0) + 1;
    const passing = retryAfterMs || PASSING.has(code);
    if (passing && item.resends <= MOST_RESENDS) this.#again(item, retryAfterMs ?? RESEND_AFTER_MS);
    else this.fail([item], code);
  }

  /** The message under way was refused by its size alone. */
  tooBig() {
    this.fail(this.#waiting.filter((item) => item.round === this.#round), "text_too_long");
  }

  failAll(code) {
    this.fail(this.#waiting, code);
  }

  fail(items, code) {
    for (const item of items) this.#transcript().failed(item.id, code);
    this.settle();
  }

  /** Puts what an earlier page left behind into the transcript. */
  restore() {
    const transcript = this.#transcript();
    for (const { id, kind, value, label } of this.#memory.outbox) {
      if (!transcript.own(id)) transcript.addOwn(id, kind, value, label);
    }
  }

  #again(item, delayMs) {
    if (item.state !== "sending") return;
    Object.assign(item, { round: 0, notBefore: Date.now() + delayMs });
    this.#patience.later(delayMs + 20, () => this.flush());
  }
}
