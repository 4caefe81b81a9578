// The person's own profile, and leaving this device.
import type { AccountId } from '../../client/ids';
import { nameOf } from '../../state/selectors';
import type { Preferences } from '../../ui/preferences';
import type { State } from '../../state/model';

/** What the browser allows. */
export interface BrowserFacts {
  readonly installable: boolean;
  readonly mayNotify: 'granted' | 'denied' | 'default' | 'unsupported';
}
export interface SettingsSnapshot {
  readonly phone: string;
  readonly name: string;
  readonly about: string;
  readonly readReceipts: boolean;
  readonly preferences: Preferences;
  readonly browser: BrowserFacts;
  readonly blocked: readonly { readonly account: AccountId; readonly name: string }[];
}
export interface SettingsActions {
  close(): void;
  save(name: string, about: string, readReceipts: boolean): Promise<void>;
  install(): void;
  /** Whether the person allows it. */
  askToNotify(): Promise<boolean>;
  prefer(change: Partial<Preferences>): void;
  openStorage(): void;
  unblock(account: AccountId): Promise<void>;
  logOut(): Promise<void>;
}

export function settingsSnapshot(state: State, preferences: Preferences, browser: BrowserFacts): SettingsSnapshot {
  const { phone = '', name = '', about = '', readReceipts = true, blocked = [] } = state.me ?? {};
  return { phone, name, about, readReceipts, preferences, browser, blocked: blocked.map((account) => ({ account, name: nameOf(state.people.get(account)) })) };
}
