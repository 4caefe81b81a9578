// The person's own profile, and leaving this device.
import type { State } from '../../state/model';

export interface SettingsSnapshot {
  readonly phone: string;
  readonly name: string;
  readonly about: string;
  readonly readReceipts: boolean;
}
export interface SettingsActions {
  close(): void;
  save(name: string, about: string, readReceipts: boolean): Promise<void>;
  logOut(): Promise<void>;
}

export function settingsSnapshot(state: State): SettingsSnapshot {
  const { phone = '', name = '', about = '', readReceipts = true } = state.me ?? {};
  return { phone, name, about, readReceipts };
}
