/** A conversation that survives lost connections, restarted servers and reloaded pages. */

import { Connection, backOff } from "./connection.js";
import { newId, ownerOf } from "./memory.js";
import { Outbox } from "./outbox.js";
import { Patience } from "./patience.js";
import { Rest, RestError } from "./rest.js";
import { Transcript } from "./transcript.js";

const TYPING_SHOWN_MS = 8_000;

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
  #era = 0;
  #outbox;
  #attempts = 0;
  #renewedAt = -Infinity;
  #resyncedAt = -Infinity;
  #resyncs = 0;
  #patience = new Patience();

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
    this.#outbox = new Outbox(memory, this.#connection, this.#patience, () => this.transcript);
  }

  /** Goes on with the remembered conversation, if there is one that this customer may see. */
  resume() {
    if (this.#mine()) this.#load();
    else if (!this.#memory.conversation() && !this.#outbox.empty) this.#sendLeftOver();
  }

  dispose() {
    this.#connection.close();
    this.#patience.end();
  }

  /** Signs the customer in (a signed token) or out (null). Another customer never sees this conversation. */
  signIn(customerToken) {
    const before = this.#owner;
    this.#customerToken = customerToken || null;
    const owner = this.#owner;
    const remembered = this.#memory.conversation();
    const others = owner && remembered?.owner && remembered.owner !== owner;
    if (others || (before && before !== owner)) this.restart();
    else if (owner && remembered) this.#identify(remembered, owner);
  }

  get #owner() {
    return this.#customerToken ? ownerOf(this.#customerToken) : null;
  }

  /** Forgets this conversation here; the next message begins another. */
  restart() {
    this.dispose();
    this.#memory.forget();
    this.#era += 1;
    this.#making = null;
    this.transcript = new Transcript();
    Object.assign(this, { loading: false, stopped: null, asking: false });
    this.#changed();
  }

  /** Sends what the customer wrote or chose. `kind`: text, confirm, decline or choose. */
  send(kind, value, label) {
    this.transcript.addOwn(newId(), kind, value, label);
    this.#outbox.settle();
    this.#changed();
    this.#deliver();
  }

  retry(id) {
    const item = this.transcript.own(id);
    if (!item) return;
    Object.assign(item, { state: "sending", round: 0, resends: 0, notBefore: 0 });
    this.transcript.refresh();
    this.#outbox.settle();
    this.#changed();
    this.#deliver();
  }

  /** Asks for a person. Resolves to whether the request arrived. */
  async askPerson() {
    if (this.asking) return true;
    this.asking = true;
    this.#changed();
    const id = newId();
    const arrived = (await this.#ensure()) && (await this.#persist(() => this.#rest.handoff(this.#memory.conversation(), id)));
    this.asking = false;
    if (arrived && this.link === "off") this.#connect();
    this.#changed();
    return arrived;
  }

  /** Enough of the reply under way: what has been shown of it stays. */
  stopReply(turn) {
    if (this.#connection.send({ type: "stop", turn })) this.transcript.stopping(turn);
    this.#changed();
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
    return !remembered.owner || remembered.owner === this.#owner ? remembered : null;
  }

  async #deliver() {
    if (this.stopped) return;
    if (this.#mine()) {
      // Without a cursor the conversation was begun in another window: its past comes first.
      if (this.link === "off" && !this.loading) this.transcript.cursor ? this.#connect() : this.#load();
      return;
    }
    const era = this.#era;
    const made = await this.#ensure();
    if (era !== this.#era) return;
    if (!made) this.#outbox.failAll("unavailable");
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
    this.#outbox.restore();
    this.#deliver();
  }

  async #create() {
    this.#begunAnew();
    const era = this.#era;
    const shown = this.#customerToken;
    const answer = await this.#rest.create(this.#language(), shown).catch((error) => {
      if (error.status !== 401 || !shown) throw error;
      // A page may hold a token whose time is over: better an anonymous conversation than none.
      this.#customerToken = null;
      return this.#rest.create(this.#language(), null);
    });
    // Another customer has sat down meanwhile: this conversation is not theirs.
    if (era !== this.#era) throw new RestError(409, "outdated");
    const owner = this.#customerToken && shown ? ownerOf(shown) : null;
    const { conversation_id: id, token, expires_at } = answer;
    this.#memory.keep({ conversation: { id, token, expires_at, owner, cursor: null } });
    if (!owner && this.#owner) this.#identify(this.#memory.conversation(), this.#owner);
  }

  #begunAnew() {
    const unsent = this.transcript.unaccepted;
    if (this.transcript.items.length === unsent.length) return;
    this.transcript = new Transcript();
    this.transcript.addNotice("ended");
    this.transcript.items.push(...unsent);
  }

  #persist(call, refused = () => {}) {
    return this.#patience.persist(call, (error, final) => {
      if (final) refused(error);
      else if (error.status === 429) this.#slowDown(error.retryAfterMs);
    });
  }

  async #identify(remembered, owner) {
    const told = () => this.#rest.identify(remembered, this.#customerToken);
    const known = await this.#persist(told, (error) => error.code === "other_customer" && this.restart());
    const now = this.#memory.conversation();
    if (known && now?.id === remembered.id) this.#memory.keep({ conversation: { ...now, owner } });
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
      if (error.passing) this.#patience.later(error.retryAfterMs ?? backOff(this.#attempts++), () => this.#load());
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
    for (const item of this.transcript.reset(events)) item.round = 0;
    this.#outbox.restore();
    this.#memory.keepCursor(this.transcript.cursor);
    this.#outbox.settle();
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
    this.#outbox.begin();
  }

  #onState(state) {
    this.link = state;
    this.#changed();
  }

  #onEnd(reason) {
    if (reason === "resync") this.onResync();
    else if (reason === "renew") this.#gone();
    else if (reason === "too_big") this.#outbox.tooBig();
    else this.stopped = reason;
    if (reason === "stop") this.#outbox.failAll("unavailable");
    if (reason === "too_big") this.#connect();
    this.#changed();
  }

  /** The server knows this conversation no more: what is unsent goes into a new one. */
  #gone() {
    this.#connection.close();
    this.#memory.keep({ conversation: null });
    const loop = Date.now() - this.#renewedAt < 60_000;
    this.#renewedAt = Date.now();
    if (loop) this.stopped = "stop";
    else if (!this.#outbox.empty) this.#sendLeftOver();
    else this.#begunAnew();
    this.#changed();
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
    if (type === "message") this.#outbox.settle();
    else this.typingUntil = 0;
  }

  onAccepted({ client_message_id: id, seq }) {
    this.transcript.accepted(id, seq);
    this.#outbox.settle();
  }

  /** Of turns we know by their messages; without a turn it is a person who types. */
  onTyping({ turn }) {
    if (turn) return;
    this.typingUntil = Date.now() + TYPING_SHOWN_MS;
    this.#patience.later(TYPING_SHOWN_MS, () => this.#changed());
  }

  onResync() {
    this.#connection.close();
    const often = Date.now() - this.#resyncedAt < 10_000;
    this.#resyncedAt = Date.now();
    this.#resyncs = often ? this.#resyncs + 1 : 0;
    this.#patience.later(often ? backOff(this.#resyncs) : 0, () => this.#load());
  }

  onError({ code, client_message_id: id, retry_after_ms: retryAfterMs }) {
    const item = id ? this.transcript.own(id) : null;
    if (!item) {
      this.#slowDown(retryAfterMs);
      return;
    }
    if (code !== "outcome_unknown") this.#slowDown(retryAfterMs);
    this.#outbox.refused(item, code, retryAfterMs);
  }

  #slowDown(delayMs) {
    if (!delayMs) return;
    this.slowUntil = Math.max(this.slowUntil, Date.now() + delayMs);
    this.#changed();
    this.#patience.later(delayMs, () => this.#changed());
  }
}

/** What is done with each frame that is no event of the log. */
const FRAMES = {
  accepted: (conversation, frame) => conversation.onAccepted(frame),
  typing: (conversation, frame) => conversation.onTyping(frame),
  "reply.chunk": (conversation, frame) => conversation.transcript.chunk(frame),
  resync: (conversation) => conversation.onResync(),
  error: (conversation, frame) => conversation.onError(frame),
};
