// One conversation on screen: its messages cut into days, with who said what and how far own messages are.
import type { AccountId } from '../../client/ids';
import { hueSource, nameOf, otherIn, pendingIn, resolve, tickOf, titleOf } from '../../state/selectors';
import type { Place, Tick } from '../../state/selectors';
import type { Message, State } from '../../state/model';
import { t } from '../../ui/text';
import { dayKey, dayName } from '../../ui/time';

export type Line =
  | { readonly kind: 'day'; readonly key: string; readonly text: string }
  | { readonly kind: 'system'; readonly key: string; readonly text: string }
  | {
      readonly kind: 'bubble';
      readonly key: string;
      readonly own: boolean;
      readonly text: string;
      readonly timeMs: number;
      readonly sender: string | undefined; // shown above the first of a run, in groups
      readonly hue: bigint;
      readonly first: boolean; // of a run by one author
      readonly tick: Tick | undefined;
      readonly failed: { readonly clientId: string; readonly text: string } | undefined;
    };

export interface ConversationSnapshot {
  readonly key: string;
  readonly title: string;
  readonly subtitle: string;
  readonly group: boolean;
  readonly active: boolean;
  readonly hue: bigint;
  readonly lines: readonly Line[];
  readonly more: boolean;
  readonly unread: boolean;
  readonly person: PersonInfo | undefined; // the other one in a conversation of two
}
export interface PersonInfo {
  readonly account: AccountId;
  readonly name: string;
  readonly phone: string;
  readonly about: string;
  readonly blocked: boolean;
}
export interface PersonActions {
  close(): void;
  block(blocked: boolean): Promise<void>;
}
export interface ConversationActions {
  back(): void;
  older(): Promise<void>;
  seen(): void;
  openInfo(): void;
  retry(clientId: string): void;
  discard(clientId: string): void;
}

export function conversationSnapshot(state: State, place: Place, nowMs: number): ConversationSnapshot {
  const conversation = resolve(state, place);
  const person = place.kind === 'person' ? place.id : conversation && otherIn(state, conversation);
  const group = conversation?.kind === 'group';
  const profile = person === undefined ? undefined : state.people.get(person);
  const title = conversation === undefined ? nameOf(profile) : titleOf(state, conversation);
  return {
    key: `${place.kind}/${place.id}`,
    title,
    subtitle: group ? t('people', { count: conversation.members.length }) : profile?.about || (profile?.name ? profile.phone : ''),
    group,
    active: conversation?.active ?? true,
    hue: hueSource(state, place),
    lines: linesOf(state, place, nowMs),
    more: conversation?.more ?? false,
    unread: conversation !== undefined && conversation.othersSeq > conversation.marks.ownReadTo,
    person: group || person === undefined || person === state.me?.account ? undefined : personInfo(state, person),
  };
}

export function personInfo(state: State, account: AccountId): PersonInfo {
  const person = state.people.get(account);
  const { phone = '', about = '' } = person ?? {};
  return { account, name: nameOf(person), phone, about, blocked: state.me?.blocked.includes(account) ?? false };
}

export function linesOf(state: State, place: Place, nowMs: number): readonly Line[] {
  const conversation = resolve(state, place);
  const me = state.me?.account;
  const lines: Line[] = [];
  let day = '';
  let author: AccountId | undefined;
  const openDay = (timeMs: number) => {
    if (dayKey(timeMs) === day) return;
    day = dayKey(timeMs);
    author = undefined;
    lines.push({ kind: 'day', key: `day-${day}`, text: dayName(timeMs, nowMs) });
  };
  for (const message of conversation?.messages ?? []) {
    if (message.body.kind === 'reacted') continue;
    openDay(message.timeMs);
    const text = systemText(state, message);
    if (text !== undefined) {
      lines.push({ kind: 'system', key: String(message.seq), text });
      author = undefined;
      continue;
    }
    const own = message.author === me;
    const first = message.author !== author;
    author = message.author;
    lines.push({
      kind: 'bubble',
      key: String(message.seq),
      own,
      text: message.body.kind === 'text' ? message.body.text : t('unreadable'),
      timeMs: message.timeMs,
      sender: first && !own && conversation?.kind === 'group' ? nameOf(state.people.get(message.author)) : undefined,
      hue: message.author,
      first,
      tick: own && conversation ? tickOf(conversation, message.seq) : undefined,
      failed: undefined,
    });
  }
  for (const item of pendingIn(state, place)) {
    openDay(item.writtenMs);
    const first = author !== me;
    author = me;
    lines.push({
      kind: 'bubble',
      key: item.clientId,
      own: true,
      text: item.request.kind === 'send' ? item.request.text : '',
      timeMs: item.writtenMs,
      sender: undefined,
      hue: me ?? 0n,
      first,
      tick: item.failure ? 'failed' : 'pending',
      failed: item.failure && { clientId: item.clientId, text: item.failure.text },
    });
  }
  return lines;
}

function systemText(state: State, message: Message): string | undefined {
  const name = (account: AccountId) => (account === state.me?.account ? t('you') : nameOf(state.people.get(account)));
  const who = name(message.author);
  const { body } = message;
  switch (body.kind) {
    case 'text':
    case 'reacted':
    case 'unreadable':
      return undefined;
    case 'group_created':
      return t('sys_created', { who, name: body.name });
    case 'renamed':
      return t('sys_renamed', { who, name: body.name });
    case 'members_changed': {
      const left = body.removed.length === 1 && body.removed[0] === message.author;
      const names = (accounts: readonly AccountId[]) => accounts.map(name).join(', ');
      const parts = [
        ...(body.added.length > 0 ? [t('sys_added', { who, names: names(body.added) })] : []),
        ...(body.removed.length > 0 ? [left ? t('sys_left', { who }) : t('sys_removed', { who, names: names(body.removed) })] : []),
        ...(body.promoted.length > 0 ? [t('sys_promoted', { who, names: names(body.promoted) })] : []),
      ];
      return parts.join('. ');
    }
  }
}
