// Where a message is written. Enter sends, Shift+Enter begins a line; files, places, people and voices join it.
import type { Person } from '../../state/model';
import type { Outgoing } from '../../media/outgoing';
import type { Doing } from '../../state/typing';

export interface ComposerActions {
  send(text: string): Promise<void>;
  /** Kept on this device when it resolves. */
  sendFile(file: Outgoing): Promise<void>;
  whereAmI(): Promise<{ readonly latitude: number; readonly longitude: number }>;
  sendLocation(spot: { readonly latitude: number; readonly longitude: number; readonly name: string }): Promise<void>;
  find(phone: string): Promise<Person | undefined>;
  sendContact(person: Person): Promise<void>;
  endReply(): void;
  /** Other words for the message that is edited; kept on this device when it resolves. */
  edit(text: string): Promise<void>;
  endEdit(): void;
  /** What is written and not sent; kept for later. */
  draft(text: string): void;
  /** Somebody is typing or recording here; `undefined`: not any more. */
  doing(what: Doing | undefined): void;
}
/** The message that is answered. */
export interface Reply {
  readonly who: string;
  readonly text: string;
}
