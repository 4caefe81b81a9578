// The list of chats, and how a new one begins.
import type { AccountId, ConversationId } from '../../client/ids';
import { brief, described } from '../../state/described';
import { chatList, hueSource, nameOf } from '../../state/selectors';
import type { ChatRow, Place } from '../../state/selectors';
import type { Person, State } from '../../state/model';
import { kMediaNames, t } from '../../ui/text';

export interface ChatItem {
  readonly row: ChatRow;
  readonly key: string;
  readonly hue: bigint;
  readonly preview: string;
  readonly selected: boolean;
}
export interface ChatsSnapshot {
  readonly items: readonly ChatItem[];
  readonly online: boolean;
  readonly nowMs: number;
}
export interface ChatsActions {
  open(place: Place): void;
  openSettings(): void;
  find(phone: string): Promise<Person | undefined>;
  createGroup(name: string, members: readonly AccountId[]): Promise<ConversationId>;
}

export function chatsSnapshot(state: State, selected: string | undefined, online: boolean, nowMs: number): ChatsSnapshot {
  return {
    online,
    nowMs,
    items: chatList(state).map((row) => {
      const key = `${row.place.kind}/${row.place.id}`;
      return { row, key, hue: hueSource(state, row.place), preview: preview(state, row), selected: key === selected };
    }),
  };
}

function preview(state: State, row: ChatRow): string {
  if (row.pending?.request.kind === 'send') return described(row.pending.request.said, kMediaNames);
  const last = row.last;
  if (last === undefined) return '';
  const mine = last.author === state.me?.account;
  const who = mine ? t('you') : nameOf(state.people.get(last.author));
  switch (last.body.kind) {
    case 'text':
    case 'media':
    case 'location':
    case 'contacts':
    case 'interactive':
    case 'choice': {
      const words = brief(last.body, kMediaNames).replace(/\n+/g, ' ');
      return row.group && !mine ? `${who}: ${words}` : words;
    }
    case 'group_created':
      return t('sys_created', { who, name: last.body.name });
    case 'renamed':
      return t('sys_renamed', { who, name: last.body.name });
    case 'members_changed':
      return t('members');
    case 'reacted':
      return last.body.emoji === '' ? '' : t('reacted', { who, emoji: last.body.emoji });
    case 'unreadable':
      return t('unreadable');
  }
}
