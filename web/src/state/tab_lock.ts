// Which tab of a device leads. A Web Lock says so, and passes on by itself when that tab ends, however it ends. Without
// Web Locks (plain http on a foreign host) only the newest tab is used, told by broadcast.
export interface Seat {
  /** This tab leads at once. */
  readonly leads: boolean;
  /** Resolves when this tab leads. */
  readonly led: Promise<void>;
  /** Resolves when a newer tab took over; only without Web Locks. */
  readonly lost: Promise<void>;
  release(): void;
}

export async function takeSeat(device: string): Promise<Seat> {
  const { locks } = navigator;
  return locks === undefined ? byBroadcast(device) : byWebLock(`homing-${device}`, locks);
}

const never = new Promise<void>(() => {});

async function byWebLock(name: string, locks: LockManager): Promise<Seat> {
  const gone = new AbortController();
  const over = new Promise<void>((resolve) => gone.signal.addEventListener('abort', () => resolve()));
  const release = () => gone.abort();
  const leads = await new Promise<boolean>((answer) => {
    void locks.request(name, { ifAvailable: true }, (lock) => {
      answer(lock !== null);
      return lock === null ? undefined : over;
    });
  });
  if (leads) return { leads, led: Promise.resolve(), lost: never, release };
  const led = new Promise<void>((answer) => {
    locks
      .request(name, { signal: gone.signal }, () => {
        answer();
        return over;
      })
      .catch(() => {}); // released while it waited
  });
  return { leads, led, lost: never, release };
}

function byBroadcast(device: string): Seat {
  const channel = new BroadcastChannel(`homing-seat-${device}`);
  channel.postMessage('claimed');
  const lost = new Promise<void>((resolve) => (channel.onmessage = () => resolve()));
  return { leads: true, led: Promise.resolve(), lost, release: () => channel.close() };
}
