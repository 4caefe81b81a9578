// Frames to values of this app, in one place.
import type { Content, Envelope, Header } from '../gen/events_pb';
import { Role } from '../gen/events_pb';
import type { Account, Conversation as WireConversation, Receipts, Welcome } from '../gen/frames_pb';
import { ConversationKind } from '../gen/frames_pb';
import { accountId, conversationId, deviceId, seq } from '../client/ids';
import { saidIn } from '../client/content';
import type { Conversation, Marks, Me, Member, Message, MessageBody, Person } from './model';

export function messageOf(envelope: Envelope): Message {
  const header = envelope.event?.header;
  const body = envelope.event?.body;
  return {
    conversation: conversationId(envelope.conversation),
    seq: seq(envelope.seq),
    author: accountId(header?.author ?? 0n),
    timeMs: Number(envelope.timeMs),
    body: bodyOf(header, body?.case === 'plain' ? body.value : undefined),
    ...(header?.kind.case === 'posted' && header.edit !== 0n && header.deletedBy === 0n && { edited: seq(header.edit) }),
    ...(header !== undefined && header.expiresMs !== 0n && { expiresMs: Number(header.expiresMs) }),
    ...(header !== undefined && header.replyTo !== 0n && { replyTo: seq(header.replyTo) }),
  };
}

function bodyOf(header: Header | undefined, plain: Content | undefined): MessageBody {
  const said = saidIn(plain);
  const { kind = { case: undefined }, deletedBy = 0n } = header ?? {};
  switch (kind.case) {
    case 'posted':
      if (deletedBy !== 0n) return { kind: 'erased', by: accountId(deletedBy) };
      return said === undefined || said.kind === 'reaction' ? { kind: 'unreadable' } : said;
    case 'reacted':
      return { kind: 'reacted', to: seq(kind.value.seq), emoji: said?.kind === 'reaction' ? said.emoji : '' };
    case 'groupCreated':
      return { kind: 'group_created', name: kind.value.name, members: kind.value.members.map(memberOf) };
    case 'renamed':
      return { kind: 'renamed', name: kind.value.name };
    case 'membersChanged': {
      const { added, removed, promoted, demoted } = kind.value;
      return {
        kind: 'members_changed',
        added: added.map(accountId),
        removed: removed.map(accountId),
        promoted: promoted.map(accountId),
        ...(demoted.length > 0 && { demoted: demoted.map(accountId) }),
      };
    }
    case 'described':
      return { kind: 'group_changed', change: 'described' };
    case 'pictured':
      return { kind: 'group_changed', change: 'pictured' };
    case 'approvalChanged':
      return { kind: 'group_changed', change: kind.value.needed ? 'approval_needed' : 'approval_open' };
    case 'linkChanged':
      return { kind: 'group_changed', change: kind.value.open ? 'link_opened' : 'link_closed' };
    case 'joinAsked':
      return { kind: 'group_changed', change: 'join_asked' };
    case 'joinWithdrawn':
      return { kind: 'group_changed', change: 'join_withdrawn' };
    case 'joinsRejected':
      return { kind: 'group_changed', change: 'joins_rejected' };
    case 'edited':
      return { kind: 'edited', to: seq(kind.value.seq), said: said?.kind === 'reaction' ? undefined : said };
    case 'deleted':
      return { kind: 'deleted', to: seq(kind.value.seq) };
    case undefined:
      return { kind: 'unreadable' };
  }
}

export function memberOf(member: { account: bigint; role: Role }): Member {
  return { account: accountId(member.account), role: member.role === Role.admin ? 'admin' : 'member' };
}

export function marksOf(receipts: Receipts | undefined): Marks {
  return {
    deliveredTo: seq(receipts?.deliveredTo ?? 0n),
    readTo: seq(receipts?.readTo ?? 0n),
    ownReadTo: seq(receipts?.ownReadTo ?? 0n),
  };
}

export function personOf(account: Account): Person {
  return { id: accountId(account.id), phone: account.phone, name: account.name, about: account.about, ...(account.bot && { bot: true }) };
}

export function meOf(welcome: Welcome): Me {
  return {
    account: accountId(welcome.account),
    device: deviceId(welcome.device),
    phone: welcome.phone,
    name: welcome.name,
    about: welcome.about,
    readReceipts: welcome.readReceipts,
    blocked: welcome.blocked.map(accountId),
  };
}

export function kindOf(wire: WireConversation): Conversation['kind'] {
  if (wire.kind === ConversationKind.group) return 'group';
  return wire.kind === ConversationKind.status ? 'status' : 'direct';
}
