// Where a message is written. Enter sends, Shift+Enter begins a line.
export interface ComposerActions {
  send(text: string): Promise<void>;
  endReply(): void;
}
/** The message that is answered. */
export interface Reply {
  readonly who: string;
  readonly text: string;
}
/** What is sent for what was typed; undefined when there is nothing to say. */
export function cleaned(text: string): string | undefined {
  const trimmed = text.replace(/\s+$/u, '').replace(/^\n+/u, '');
  return trimmed.trim() === '' ? undefined : trimmed;
}
export const kTextBytesMax = 65536;
export const fits = (text: string): boolean => new TextEncoder().encode(text).length <= kTextBytesMax;
