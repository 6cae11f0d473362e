/** The REST calls that the widget needs. */

const TIMEOUT_MS = 12_000;

/** A refused or failed call. `status` 0: no answer came. */
export class RestError extends Error {
  constructor(status, code, retryAfterMs) {
    super(code || `status ${status}`);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  /** The same call may succeed later. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export class Rest {
  constructor(server) {
    this.server = server;
  }

  /** Begins a conversation: {conversation_id, token, expires_at}. */
  create(language, customerToken) {
    const body = customerToken ? { language, customer_token: customerToken } : { language };
    return this.#call("POST", "/v1/conversations", null, body);
  }

  /** One page of the conversation log after `cursor`, from the start without it: {events, next}. */
  events(conversation, cursor) {
    const query = cursor ? `?after=${encodeURIComponent(cursor)}` : "";
    return this.#in(conversation, "GET", `/events${query}`);
  }

  identify(conversation, customerToken) {
    return this.#in(conversation, "POST", "/identity", { customer_token: customerToken });
  }

  handoff(conversation, clientMessageId) {
    return this.#in(conversation, "POST", "/handoff", { client_message_id: clientMessageId });
  }

  feedback(conversation, replyId, rating) {
    return this.#in(conversation, "POST", "/feedback", { reply_id: replyId, rating });
  }

  #in(conversation, method, path, body) {
    return this.#call(method, `/v1/conversations/${encodeURIComponent(conversation.id)}${path}`, conversation.token, body);
  }

  async #call(method, path, token, body) {
    const headers = { accept: "application/json" };
    if (token) headers.authorization = `Bearer ${token}`;
    if (body) headers["content-type"] = "application/json";
    let response;
    try {
      response = await fetch(this.server + path, {
        method, headers, body: body && JSON.stringify(body),
        credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      throw new RestError(0, "unreachable", null);
    }
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new RestError(response.status, problemCode(answer), retryAfterMs(response));
    return answer;
  }
}

/** A problem's code: its own `code`, else the last part of its `type`. */
function problemCode(problem) {
  return String(problem?.code ?? String(problem?.type ?? "").split(/[/:#]/).pop() ?? "");
}

function retryAfterMs(response) {
  const seconds = Number(response.headers.get("retry-after"));
  return seconds > 0 ? seconds * 1000 : null;
}
