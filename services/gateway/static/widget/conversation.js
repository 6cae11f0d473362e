/** A conversation that survives lost connections, restarted servers and reloaded pages. */

import { Connection, backOff } from "./connection.js";
import { Memory, newId, ownerOf } from "./memory.js";
import { Rest } from "./rest.js";
import { KINDS, Transcript } from "./transcript.js";

const ACCEPTED_WITHIN_MS = 12_000;
const RESEND_AFTER_MS = 1_500;
const MOST_RESENDS = 6;
const TYPING_SHOWN_MS = 8_000;

/** Error codes after which the same message may be sent again. */
const PASSING = new Set([
  "outcome_unknown", "unavailable", "too_many_waiting", "rate_limited", "too_many_connections", "draining", "internal",
]);

/**
 * What the view draws: `transcript`, `link` (the connection's state), `loading`, `stopped` (null, "stop" or
 * "replaced"), `asking` (a person is being asked for), `slowUntil`. `changed` is called after every change.
 */
export class Conversation {
  transcript = new Transcript();
  link = "off";
  loading = false;
  stopped = null;
  asking = false;
  slowUntil = 0;
  typingUntil = 0;
  #rest;
  #memory;
  #connection;
  #changed;
  #language;
  #customerToken = null;
  #making = null;
  #round = 0;
  #attempts = 0;
  #renewedAt = -Infinity;
  #resyncedAt = -Infinity;
  #resyncs = 0;
  #timers = new Set();

  constructor(server, memory, { changed, language }) {
    this.#rest = new Rest(server);
    this.#memory = memory;
    this.#changed = changed;
    this.#language = language;
    this.#connection = new Connection(server, {
      onReady: () => this.#onReady(),
      onFrame: (frame) => this.#onFrame(frame),
      onState: (state) => this.#onState(state),
      onEnd: (reason) => this.#onEnd(reason),
    });
  }

  static remembering(server, view) {
    return new Conversation(server, new Memory(server), view);
  }

  /** Goes on with the remembered conversation, if there is one that this customer may see. */
  resume() {
    if (this.#mine()) this.#load();
    else if (!this.#memory.conversation() && this.#memory.outbox.length) this.#sendLeftOver();
  }

  dispose() {
    this.#connection.close();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Signs the customer in (a signed token) or out (null). Another customer never sees this conversation. */
  signIn(customerToken) {
    const before = this.#customerToken;
    this.#customerToken = customerToken || null;
    const remembered = this.#memory.conversation();
    if (!remembered) return;
    const owner = customerToken ? ownerOf(customerToken) : null;
    if (before && !owner) this.restart();
    else if (owner && remembered.owner && remembered.owner !== owner) this.restart();
    else if (owner) this.#identify(remembered, owner);
  }

  /** Forgets this conversation here; the next message begins another. */
  restart() {
    this.dispose();
    this.#memory.forget();
    this.#making = null;
    this.transcript = new Transcript();
    Object.assign(this, { loading: false, stopped: null, asking: false });
    this.#changed();
  }

  /** Sends what the customer wrote or chose. `kind`: text, confirm, decline or choose. */
  send(kind, value, label) {
    this.transcript.addOwn(newId(), kind, value, label);
    this.#keepOutbox();
    this.#changed();
    this.#deliver();
  }

  retry(id) {
    const item = this.transcript.own(id);
    if (!item) return;
    Object.assign(item, { state: "sending", round: 0, resends: 0, notBefore: 0 });
    this.transcript.refresh();
    this.#keepOutbox();
    this.#changed();
    this.#deliver();
  }

  /** Asks for a person. Resolves to whether the request arrived. */
  async askPerson() {
    if (this.asking) return true;
    this.asking = true;
    this.#changed();
    const id = newId();
    const arrived = (await this.#ensure()) && (await this.#persist(async () => {
      await this.#rest.handoff(this.#memory.conversation(), id);
    }));
    this.asking = false;
    if (arrived && this.link === "off") this.#connect();
    this.#changed();
    return arrived;
  }

  rate(replyId, rating) {
    this.transcript.rate(replyId, rating);
    this.#changed();
    const sent = this.#connection.send({ type: "feedback", reply_id: replyId, rating });
    const conversation = this.#memory.conversation();
    if (!sent && conversation) this.#rest.feedback(conversation, replyId, rating).catch(() => {});
  }

  /** Takes the conversation back from another window. */
  takeBack() {
    this.stopped = null;
    this.#load();
  }

  networkBack() {
    this.#connection.hurry();
  }

  networkGone() {
    this.#connection.lost();
  }

  /** The remembered conversation if the present customer may go on with it. */
  #mine() {
    const remembered = this.#memory.conversation();
    if (!remembered) return null;
    const owner = this.#customerToken ? ownerOf(this.#customerToken) : null;
    return !remembered.owner || remembered.owner === owner ? remembered : null;
  }

  async #deliver() {
    if (this.stopped) return;
    if (this.#mine()) {
      if (this.link === "off" && !this.loading) this.#connect();
      this.#flush();
      return;
    }
    if (!(await this.#ensure())) this.#refuseAll();
    else if (this.link === "off") this.#connect();
  }

  /** Makes a conversation if there is none; says whether there is one then. */
  #ensure() {
    if (this.#mine()) return true;
    this.#making ??= this.#persist(() => this.#create()).finally(() => {
      this.#making = null;
    });
    return this.#making;
  }

  #sendLeftOver() {
    for (const { id, kind, value, label } of this.#memory.outbox) {
      if (!this.transcript.own(id)) this.transcript.addOwn(id, kind, value, label);
    }
    this.#deliver();
  }

  async #create() {
    this.#begunAnew();
    const answer = await this.#rest.create(this.#language(), this.#customerToken).catch((error) => {
      if (error.status !== 401 || !this.#customerToken) throw error;
      // A page may hold a token whose time is over: better an anonymous conversation than none.
      this.#customerToken = null;
      return this.#rest.create(this.#language(), null);
    });
    const owner = this.#customerToken ? ownerOf(this.#customerToken) : null;
    const { conversation_id: id, token, expires_at } = answer;
    this.#memory.keep({ conversation: { id, token, expires_at, owner, cursor: null } });
  }

  #begunAnew() {
    const unsent = this.transcript.unaccepted;
    if (this.transcript.items.length === unsent.length) return;
    this.transcript = new Transcript();
    this.transcript.addNotice("ended");
    this.transcript.items.push(...unsent);
  }

  /** Repeats `call` while it fails for a passing reason; says whether it succeeded. */
  async #persist(call, refused = () => {}) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await call();
        return true;
      } catch (error) {
        if (!error.passing || attempt >= MOST_RESENDS) {
          refused(error);
          return false;
        }
        this.#slowDown(error.status === 429 ? error.retryAfterMs : null);
        await this.#pause(error.retryAfterMs ?? backOff(attempt));
      }
    }
  }

  async #identify(remembered, owner) {
    const told = () => this.#rest.identify(remembered, this.#customerToken);
    if (await this.#persist(told, (error) => error.code === "other_customer" && this.restart())) {
      this.#memory.keep({ conversation: { ...remembered, owner } });
    }
    if (this.link === "off") this.#load();
  }

  /** Reads the whole log, then listens from its end on. */
  async #load() {
    const conversation = this.#mine();
    if (!conversation || this.loading) return;
    this.loading = true;
    this.#changed();
    try {
      const events = await this.#wholeLog(conversation);
      this.loading = false;
      this.#adopt(events);
      this.#connect();
    } catch (error) {
      this.loading = false;
      if (error.passing) this.#later(error.retryAfterMs ?? backOff(this.#attempts++), () => this.#load());
      else this.#gone();
    }
    this.#changed();
  }

  async #wholeLog(conversation) {
    const events = [];
    for (let cursor = null; ; ) {
      const page = await this.#rest.events(conversation, cursor);
      events.push(...page.events);
      if (!page.events.length || !page.next || page.next === cursor) return events;
      cursor = page.next;
    }
  }

  #adopt(events) {
    this.#attempts = 0;
    const outbox = this.#memory.outbox;
    for (const item of this.transcript.reset(events)) item.round = 0;
    for (const { id, kind, value, label } of outbox) {
      if (!this.transcript.own(id)) this.transcript.addOwn(id, kind, value, label);
    }
    this.#memory.keepCursor(this.transcript.cursor);
    this.#keepOutbox();
  }

  #connect() {
    const conversation = this.#mine();
    if (!conversation) return;
    this.#connection.open(() => {
      const after = this.transcript.cursor;
      return after ? { token: conversation.token, after } : { token: conversation.token };
    });
  }

  #onReady() {
    this.#round += 1;
    this.#flush();
  }

  #onState(state) {
    this.link = state;
    this.#changed();
  }

  #onEnd(reason) {
    if (reason === "resync") this.onResync();
    else if (reason === "renew") this.#gone();
    else if (reason === "too_big") this.#tooBig();
    else this.stopped = reason;
    if (reason === "stop") this.#refuseAll();
    this.#changed();
  }

  /** The message under way was refused by its size alone. */
  #tooBig() {
    const sent = this.transcript.unaccepted.find((item) => item.round === this.#round);
    if (sent) this.transcript.failed(sent.id, "text_too_long");
    this.#keepOutbox();
    this.#connect();
  }

  /** The server knows this conversation no more: what is unsent goes into a new one. */
  #gone() {
    this.#connection.close();
    this.#memory.keep({ conversation: null });
    const loop = Date.now() - this.#renewedAt < 60_000;
    this.#renewedAt = Date.now();
    if (loop) this.stopped = "stop";
    else if (this.transcript.unaccepted.length || this.#memory.outbox.length) this.#sendLeftOver();
    else this.#begunAnew();
    this.#changed();
  }

  /** Sends the first unaccepted message, once per connection. The next one waits: a refused one keeps its place. */
  #flush() {
    const item = this.transcript.unaccepted[0];
    if (!item || (item.notBefore ?? 0) > Date.now() || item.round === this.#round) return;
    const frame = { type: KINDS[item.kind], client_message_id: item.id, [item.kind]: item.value };
    if (!this.#connection.send(frame)) return;
    item.round = this.#round;
    const sent = this.#round;
    this.#later(ACCEPTED_WITHIN_MS, () => item.round === sent && this.#again(item, 0));
  }

  #again(item, delayMs) {
    if (item.state !== "sending") return;
    item.round = 0;
    item.notBefore = Date.now() + delayMs;
    this.#later(delayMs + 20, () => this.#flush());
  }

  #onFrame(frame) {
    const handle = FRAMES[frame.type];
    if (handle) handle(this, frame);
    else if (frame.cursor) this.#onEvent(frame);
    this.#changed();
  }

  #onEvent(frame) {
    const { type, cursor, at, data, ...fields } = frame;
    if (!this.transcript.apply({ type, cursor, at: at ?? new Date().toISOString(), data: data ?? fields })) return;
    this.#memory.keepCursor(this.transcript.cursor);
    if (type === "message") {
      this.#keepOutbox();
      this.#flush();
    }
    if (type !== "message") this.typingUntil = 0;
  }

  onAccepted({ client_message_id: id, seq }) {
    this.transcript.accepted(id, seq);
    this.#keepOutbox();
    this.#flush();
  }

  onTyping() {
    this.typingUntil = Date.now() + TYPING_SHOWN_MS;
    this.#later(TYPING_SHOWN_MS, () => this.#changed());
  }

  onResync() {
    this.#connection.close();
    const often = Date.now() - this.#resyncedAt < 10_000;
    this.#resyncedAt = Date.now();
    this.#resyncs = often ? this.#resyncs + 1 : 0;
    this.#later(often ? backOff(this.#resyncs) : 0, () => this.#load());
  }

  onError({ code, client_message_id: id, retry_after_ms: retryAfterMs }) {
    const item = id ? this.transcript.own(id) : null;
    if (!item) {
      this.#slowDown(retryAfterMs);
      return;
    }
    item.resends = (item.resends ?? 0) + 1;
    const passing = retryAfterMs || PASSING.has(code);
    if (!passing || item.resends > MOST_RESENDS) {
      this.transcript.failed(id, code);
      this.#keepOutbox();
      this.#flush();
      return;
    }
    if (code !== "outcome_unknown") this.#slowDown(retryAfterMs);
    this.#again(item, retryAfterMs ?? RESEND_AFTER_MS);
  }

  #slowDown(delayMs) {
    if (!delayMs) return;
    this.slowUntil = Math.max(this.slowUntil, Date.now() + delayMs);
    this.#changed();
    this.#later(delayMs, () => this.#changed());
  }

  #refuseAll() {
    for (const item of this.transcript.unaccepted) this.transcript.failed(item.id, "unavailable");
    this.#keepOutbox();
    this.#changed();
  }

  #keepOutbox() {
    const unsent = this.transcript.unaccepted.map(({ id, kind, value, label }) => ({ id, kind, value, label }));
    this.#memory.keep({ outbox: unsent });
  }

  #later(delayMs, act) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }

  #pause(delayMs) {
    return new Promise((resolve) => this.#later(delayMs, resolve));
  }
}

/** What is done with each frame that is no event of the log. */
const FRAMES = {
  accepted: (conversation, frame) => conversation.onAccepted(frame),
  typing: (conversation) => conversation.onTyping(),
  "reply.chunk": (conversation, frame) => conversation.transcript.chunk(frame),
  resync: (conversation) => conversation.onResync(),
  error: (conversation, frame) => conversation.onError(frame),
};
