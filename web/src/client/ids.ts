// Numbers that mean something, with the same names as in the server. A Seq cannot be passed where a Cursor is wanted.
// Zero means "none" everywhere.

declare const tag: unique symbol;
type Id<Tag extends string> = bigint & { readonly [tag]: Tag };

export type AccountId = Id<'AccountId'>;
export type DeviceId = Id<'DeviceId'>;
export type ConversationId = Id<'ConversationId'>;
/** The place of an event in its conversation: 1, 2, 3 ... */
export type Seq = Id<'Seq'>;
/** A place in this account's inbox. */
export type Cursor = Id<'Cursor'>;

export const accountId = (value: bigint): AccountId => value as AccountId;
export const deviceId = (value: bigint): DeviceId => value as DeviceId;
export const conversationId = (value: bigint): ConversationId => value as ConversationId;
export const seq = (value: bigint): Seq => value as Seq;
export const cursor = (value: bigint): Cursor => value as Cursor;

export const larger = <T extends bigint>(a: T, b: T): T => (a > b ? a : b);

export function assertNever(value: never): never {
  throw new Error(`unexpected case: ${String(value)}`);
}
