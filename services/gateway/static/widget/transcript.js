/** The conversation as the customer sees it: a fold over the log, plus what is still on its way. */

/** The fields of a customer message by its kind: the frame's type and the field that holds its value. */
export const KINDS = { text: "message", confirm: "confirm", decline: "decline", choose: "choose" };

/**
 * Items in the order of display, each with a `key`:
 *   own     {id, kind, value, label, state: sending|accepted|failed, seq, ended, reason}
 *   reply   {reply, at, live, answer, rating}     live: its buttons stand; answer: the own item that used them
 *   stream  {turn, text, stopping}        a reply under way
 *   agent   {text, at}
 *   notice  {name}                        a line of the interface's own
 */
export class Transcript {
  items = [];
  cursor = null;
  handoff = null;
  #seen = new Set();
  #open = new Set();
  #streams = new Map();
  #lastEnded = 0;

  /** A turn is running and nothing of its reply is to be seen yet. */
  get waiting() {
    return this.#open.size > 0 && !this.items.some((item) => item.type === "stream");
  }

  get unaccepted() {
    return this.items.filter((item) => item.type === "own" && item.state === "sending");
  }

  addOwn(id, kind, value, label = null) {
    const item = { type: "own", key: `own-${id}`, id, kind, value, label, state: "sending", seq: null, ended: false };
    this.items.push(item);
    this.refresh();
    return item;
  }

  addNotice(name) {
    this.items.push({ type: "notice", key: `notice-${name}-${this.items.length}`, name });
  }

  own(id) {
    return this.items.find((item) => item.type === "own" && item.id === id) ?? null;
  }

  accepted(id, seq) {
    const item = this.own(id);
    if (!item) return;
    item.state = "accepted";
    item.seq = seq;
    item.ended ||= seq <= this.#lastEnded;
    if (!item.ended) this.#open.add(seq);
  }

  failed(id, reason) {
    const item = this.own(id);
    if (!item || item.state === "accepted") return;
    item.state = "failed";
    item.reason = reason;
    this.refresh();
  }

  /** Folds one event of the log; false if it was known already. */
  apply(event) {
    if (event.cursor) {
      if (this.#seen.has(event.cursor)) return false;
      this.#seen.add(event.cursor);
      this.cursor = event.cursor;
    }
    FOLDS[event.type]?.(this, event.data ?? {}, event);
    this.refresh();
    return true;
  }

  /** A piece of a reply under way. Lower attempts are ignored, a higher one starts the text again. */
  chunk({ turn, attempt, index, text }) {
    if (turn <= this.#lastEnded || this.#replied(turn)) return;
    const stream = this.#streams.get(turn);
    if (stream && attempt < stream.attempt) return;
    const current = stream && attempt === stream.attempt ? stream : { attempt, parts: [] };
    current.parts[index] = text;
    this.#streams.set(turn, current);
    this.#showStream(turn, unbroken(current.parts));
  }

  /** The customer has read enough of this reply. */
  stopping(turn) {
    const shown = this.items.find((item) => item.key === `stream-${turn}`);
    if (shown) shown.stopping = true;
  }

  /** Starts over from the whole log; returns own messages that have no end in it. */
  reset(events) {
    const before = this.items.filter((item) => item.type === "own" && !item.ended);
    Object.assign(this, { items: [], cursor: null, handoff: null });
    for (const part of [this.#seen, this.#open, this.#streams]) part.clear();
    this.#lastEnded = 0;
    for (const event of events) this.apply(event);
    return before.map((item) => this.#carryOver(item)).filter(Boolean);
  }

  /** Marks the replies whose buttons stand: of the latest turn, and not answered yet. */
  refresh() {
    let answer = null;
    let latest = null;
    for (const item of [...this.items].reverse()) {
      if (item.type === "own" && item.kind !== "text" && item.state !== "failed") answer = item;
      if (item.type !== "reply") continue;
      const answered = answer !== null && answers(answer, item.reply);
      item.answer = answered ? answer : null;
      if (answered) answer = null;
      item.live = !answered && (latest === null || item.reply.turn === latest);
      latest ??= item.reply.turn;
    }
  }

  addReply(reply, at) {
    const item = { type: "reply", key: `reply-${reply.id}`, reply, at, live: true, answer: null, rating: null };
    const known = this.items.findIndex((other) => other.key === item.key);
    const stream = this.items.findIndex((other) => other.key === `stream-${reply.turn}`);
    if (known >= 0) return;
    if (stream >= 0) this.items.splice(stream, 1, item);
    else this.items.push(item);
    this.#streams.delete(reply.turn);
    this.#open.delete(reply.turn);
  }

  addLogged(data) {
    const known = data.client_message_id && this.own(data.client_message_id);
    if (known) {
      this.accepted(known.id, data.seq);
      return;
    }
    const kind = ["text", "confirm", "decline", "choose", "handoff"].find((name) => data[name]);
    if (!kind) {
      if (data.seq > this.#lastEnded) this.#open.add(data.seq);
      return;
    }
    const item = this.addOwn(data.client_message_id ?? `seq-${data.seq}`, kind, data[kind], this.#label(kind, data[kind]));
    this.accepted(item.id, data.seq);
  }

  endTurn({ turn, status }) {
    this.#lastEnded = Math.max(this.#lastEnded, turn);
    this.#open.delete(turn);
    this.#streams.delete(turn);
    this.items = this.items.filter((item) => item.key !== `stream-${turn}`);
    for (const item of this.items) if (item.type === "own" && item.seq === turn) item.ended = true;
    if (status !== "completed" && !this.#replied(turn)) this.addNotice("failed");
  }

  rate(replyId, rating) {
    const item = this.items.find((other) => other.key === `reply-${replyId}`);
    if (item && rating) item.rating = rating;
  }

  setHandoff(data) {
    const before = this.handoff?.state;
    const over = ["returned", "closed", "none"].includes(data.state);
    this.handoff = over ? null : data;
    if (data.state === "claimed" && before !== "claimed") this.addNotice("claimed");
    if (over && before) this.addNotice("returned");
  }

  #replied(turn) {
    return this.items.some((item) => item.type === "reply" && item.reply.turn === turn);
  }

  #showStream(turn, text) {
    const key = `stream-${turn}`;
    const shown = this.items.find((item) => item.key === key);
    if (shown) shown.text = text;
    else if (text) this.items.push({ type: "stream", key, turn, text });
  }

  #label(kind, value) {
    if (kind !== "choose") return null;
    const options = this.items.flatMap((item) => (item.type === "reply" ? optionsOf(item.reply) : []));
    return options.reverse().find((option) => option.id === value)?.label ?? null;
  }

  #carryOver(item) {
    const logged = this.own(item.id);
    if (logged) return logged.ended || this.#replied(logged.seq) ? null : Object.assign(logged, { state: "sending" });
    this.items.push(item);
    return item.state === "failed" ? null : Object.assign(item, { state: "sending", seq: null });
  }
}

const FOLDS = {
  message: (transcript, data) => transcript.addLogged(data),
  reply: (transcript, data, event) => transcript.addReply(data.reply, event.at),
  "turn.ended": (transcript, data) => transcript.endTurn(data),
  handoff: (transcript, data) => transcript.setHandoff(data),
  feedback: (transcript, data) => transcript.rate(data.reply_id, data.rating),
  "agent.message": (transcript, data, event) =>
    transcript.items.push({ type: "agent", key: `agent-${event.cursor}`, text: data.text, at: event.at }),
};

/** The answers that a reply offers. */
export function optionsOf(reply) {
  const component = (reply.components ?? []).find((part) => part.type === "choices");
  return reply.expects?.options?.length ? reply.expects.options : component?.options ?? [];
}

/** The write that a reply asks to confirm, or null. */
export function previewOf(reply) {
  const component = (reply.components ?? []).find((part) => part.type === "preview");
  return component || reply.expects?.preview ? { ...component, ...reply.expects?.preview } : null;
}

function answers(own, reply) {
  if (own.kind === "choose") return optionsOf(reply).some((option) => option.id === own.value);
  return ["confirm", "decline"].includes(own.kind) && previewOf(reply)?.id === own.value;
}

/** The parts up to the first gap. */
function unbroken(parts) {
  const gap = parts.findIndex((part) => part === undefined);
  return parts.slice(0, gap < 0 ? parts.length : gap).join("");
}
