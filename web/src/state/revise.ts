// Edits and deletions for everyone: events about an earlier message, which reads otherwise from then on. Pure.
import type { Seq } from '../client/ids';
import type { Message, State } from './model';
import type { SaidBody } from './model';

/** As the server has them. */
export const kEditWindowMs = 15 * 60_000;
export const kDeleteWindowMs = 60 * 3_600_000;

/** The seq of the message that this event is about; undefined for what is no edit or deletion. */
export const revises = ({ body }: Message): Seq | undefined => (body.kind === 'edited' || body.kind === 'deleted' ? body.to : undefined);

/** As the message reads from this event on. The same object when nothing changes; what is deleted stays deleted. */
export function revised(message: Message, by: Message): Message {
  const { edited: _before, ...rest } = message;
  if (revises(by) !== message.seq || message.conversation !== by.conversation || message.body.kind === 'erased') return message;
  if (by.body.kind === 'deleted') return { ...rest, body: { kind: 'erased', by: by.author } };
  if (by.body.kind !== 'edited' || by.body.said === undefined || (message.edited ?? 0n) >= by.seq) return message;
  return { ...rest, body: by.body.said, edited: by.seq };
}

/** As an edit is kept: its words stand in the message that it changed, and go with that. */
export const bare = (message: Message): Message => (message.body.kind === 'edited' ? { ...message, body: { ...message.body, said: undefined } } : message);

export function revisedAll(messages: readonly Message[], by: Message): readonly Message[] {
  const at = revises(by);
  const index = at === undefined ? -1 : messages.findIndex(({ seq }) => seq === at);
  const before = messages[index];
  const after = before && revised(before, by);
  return after === undefined || after === before ? messages : messages.with(index, after);
}

/** What I asked for and the server has not answered yet. */
export interface Wished {
  readonly edits: ReadonlyMap<Seq, SaidBody>;
  readonly deletions: ReadonlySet<Seq>;
}
export function wishedIn(state: State, conversation: bigint | undefined): Wished {
  const edits = new Map<Seq, SaidBody>();
  const deletions = new Set<Seq>();
  for (const { request, failure } of state.outbox) {
    if (failure !== undefined) continue;
    if (request.kind === 'edit_message' && request.conversation === conversation && request.said.kind !== 'reaction') edits.set(request.seq, request.said);
    if (request.kind === 'delete_message' && request.conversation === conversation) deletions.add(request.seq);
  }
  return { edits, deletions };
}
