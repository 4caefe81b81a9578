// Browsers that can install the page as a program say so once; the settings offer it then.
interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

let offered: InstallEvent | undefined;
const listeners = new Set<() => void>();

/** Asks the browser to install the page; undefined when it does not offer that (or has done it). */
export const installer = (): (() => void) | undefined => (offered === undefined ? undefined : install);
export function subscribeInstaller(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function watchInstaller(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault(); // the browser's own bar would cover the composer
    tell(event as InstallEvent);
  });
  window.addEventListener('appinstalled', () => tell(undefined));
}

function install(): void {
  void offered?.prompt();
  tell(undefined); // an offer can be used once
}

function tell(next: InstallEvent | undefined): void {
  offered = next;
  for (const listener of listeners) listener();
}
