// One tab owns the device's connection; the server would otherwise see two sessions of one device replace each other.
// The owner holds a Web Lock. Without Web Locks (plain http on a foreign host) the newest tab wins, told by broadcast.
export interface TabLock {
  /** Resolves when this tab no longer owns the device: another one took over. Never after release(). */
  readonly lost: Promise<void>;
  release(): void;
}

/** Undefined when another tab owns the device, unless `take` asks to take over. */
export async function acquireTab(device: string, take: 'if_free' | 'take_over'): Promise<TabLock | undefined> {
  return typeof navigator !== 'undefined' && navigator.locks !== undefined ? byWebLock(device, take) : byBroadcast(device);
}

function byWebLock(device: string, take: 'if_free' | 'take_over'): Promise<TabLock | undefined> {
  return new Promise((settled) => {
    let release = () => {};
    let tellLost = () => {};
    let released = false;
    const lost = new Promise<void>((resolve) => (tellLost = resolve));
    const options = take === 'take_over' ? { steal: true } : { ifAvailable: true };
    navigator.locks
      .request(`homing-${device}`, options, (lock) => {
        if (lock === null) {
          settled(undefined);
          return undefined;
        }
        return new Promise<void>((resolve) => {
          release = () => {
            released = true;
            resolve();
          };
          settled({ lost, release: () => release() });
        });
      })
      .catch(() => {
        if (!released) tellLost(); // stolen
      });
  });
}

function byBroadcast(device: string): Promise<TabLock> {
  const channel = new BroadcastChannel(`homing-${device}`);
  channel.postMessage('claimed');
  const lost = new Promise<void>((resolve) => (channel.onmessage = () => resolve()));
  return Promise.resolve({ lost, release: () => channel.close() });
}
