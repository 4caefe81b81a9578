// What a group is and what its members may do with it.
import type { AccountId, ConversationId } from '../../client/ids';
import { isAdmin, nameOf } from '../../state/selectors';
import type { Person, State } from '../../state/model';
import { t } from '../../ui/text';

export interface GroupMember {
  readonly account: AccountId;
  readonly name: string;
  readonly phone: string;
  readonly admin: boolean;
  readonly self: boolean;
}
export interface GroupSnapshot {
  readonly name: string;
  readonly admin: boolean;
  readonly active: boolean;
  readonly members: readonly GroupMember[];
}
export interface GroupActions {
  close(): void;
  openGallery(): void;
  rename(name: string): Promise<void>;
  find(phone: string): Promise<Person | undefined>;
  add(account: AccountId): Promise<void>;
  remove(account: AccountId): Promise<void>;
  promote(account: AccountId): Promise<void>;
  leave(): Promise<void>;
}

export function groupSnapshot(state: State, id: ConversationId): GroupSnapshot | undefined {
  const conversation = state.conversations.get(id);
  if (conversation?.kind !== 'group') return undefined;
  const members = conversation.members.map(({ account, role }): GroupMember => {
    const person = state.people.get(account);
    const self = account === state.me?.account;
    return { account, name: self ? t('you') : nameOf(person), phone: person?.phone ?? '', admin: role === 'admin', self };
  });
  return { name: conversation.name, admin: isAdmin(state, conversation), active: conversation.active, members };
}
