/** Timers of one owner, and calls that are repeated while there is hope. */

import { backOff } from "./connection.js";

const MOST_TRIES = 7;

export class Patience {
  #timers = new Set();

  later(delayMs, act) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }

  /** Forgets all that was to happen later. */
  end() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /**
   * Repeats `call` while it fails for a passing reason; says whether it succeeded. `told(error)` hears of every
   * failure, the last one with `final` true.
   */
  async persist(call, told = () => {}) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await call();
        return true;
      } catch (error) {
        const final = !error.passing || attempt >= MOST_TRIES;
        told(error, final);
        if (final) return false;
        await new Promise((resolve) => this.later(error.retryAfterMs ?? backOff(attempt), resolve));
      }
    }
  }
}
