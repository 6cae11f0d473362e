/** What the browser remembers between pages, one entry per server. */

/** The remembered conversation, its unaccepted messages and the chosen language. */
export class Memory {
  #key;
  #held = {};

  constructor(server) {
    this.#key = `deskbell:${server}`;
  }

  /** {id, token, expires_at, owner, cursor} or null when there is none or its time is over. */
  conversation(now = Date.now()) {
    const conversation = this.#fresh.conversation;
    if (!conversation || Date.parse(conversation.expires_at) <= now) return null;
    return conversation;
  }

  get outbox() {
    return this.#fresh.outbox ?? [];
  }

  get language() {
    return this.#fresh.language ?? null;
  }

  keep(fields) {
    this.#held = { ...this.#fresh, ...fields };
    this.#write();
  }

  /** Remembers how far the log has been read. */
  keepCursor(cursor) {
    const { conversation } = this.#fresh;
    if (conversation) this.keep({ conversation: { ...conversation, cursor } });
  }

  forget() {
    this.keep({ conversation: null, outbox: [] });
  }

  /** Read every time: another window may have begun or ended a conversation. */
  get #fresh() {
    try {
      const held = JSON.parse(localStorage.getItem(this.#key));
      const over = held?.conversation && Date.parse(held.conversation.expires_at) <= Date.now();
      if (held) this.#held = over ? { language: held.language } : held;
    } catch {
      // What this page holds by itself counts then.
    }
    return this.#held;
  }

  #write() {
    try {
      localStorage.setItem(this.#key, JSON.stringify(this.#held));
    } catch {
      // Storage may be forbidden or full: the conversation then lasts as long as the page.
    }
  }
}

/** The customer that a token speaks of; only compared, never trusted: the server checks the signature. */
export function ownerOf(customerToken) {
  try {
    const payload = customerToken.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(payload)).sub ?? null;
  } catch {
    return null;
  }
}

/** A random id; `randomUUID` is missing on pages without TLS. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
