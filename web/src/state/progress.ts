// How far each upload of the outbox is, 0 to 1. Not state: it changes often, and a reload asks the server.
export class Progress {
  #shares: ReadonlyMap<string, number> = new Map();
  readonly #listeners = new Set<() => void>();

  get shares(): ReadonlyMap<string, number> {
    return this.#shares;
  }
  set(clientId: string, share: number): void {
    const next = new Map(this.#shares);
    if (share >= 1) next.delete(clientId);
    else next.set(clientId, share);
    this.#shares = next;
    for (const listener of this.#listeners) listener();
  }
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}
