// The chat that is open: joins the conversation, its composer and the dialogs about it to the messenger.
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { ComposerActions } from '../features/composer/model';
import { ComposerView } from '../features/composer/View';
import { quoteOf } from '../features/conversation/lines';
import { conversationSnapshot, messageInfo, sayable, targets } from '../features/conversation/model';
import type { ConversationActions, Editing, UnreadFrom } from '../features/conversation/model';
import { PersonView } from '../features/conversation/PersonView';
import { ConversationView } from '../features/conversation/View';
import { groupSnapshot } from '../features/groups/model';
import { GroupView } from '../features/groups/View';
import type { Sayable } from '../client/content';
import type { AccountId, ConversationId, Seq } from '../client/ids';
import type { Messenger } from '../state/messenger';
import type { Conversation, Person } from '../state/model';
import { contacts, keptOf, resolve, unread } from '../state/selectors';
import type { Place } from '../state/selectors';
import { Problem } from '../ui/controls';
import { t } from '../ui/text';
import { whereAmI } from './here';
import { Drafts } from './drafts';
import { arrived, go } from './route';
import type { Route } from './route';

const ChatGallery = lazy(async () => ({ default: (await import('./Holdings')).ChatGallery }));

interface Props {
  readonly messenger: Messenger;
  readonly route: Route;
  readonly nowMs: number;
  readonly find: (phone: string) => Promise<Person | undefined>;
}

export function OpenChat({ messenger, route, nowMs, find }: Props) {
  const { place, at } = route;
  const { store, typing, progress } = messenger;
  const state = useSyncExternalStore(store.subscribe, () => store.state);
  const shares = useSyncExternalStore(progress.subscribe, () => progress.shares);
  const [info, setInfo] = useState(false);
  const [gallery, setGallery] = useState(false);
  const closeGallery = useCallback(() => setGallery(false), []);
  const openGallery = () => {
    setInfo(false);
    setGallery(true);
  };
  const [replyTo, setReplyTo] = useState<Seq>();
  const [editing, setEditing] = useState<Editing>();
  const [refused, setRefused] = useState<string>();
  const conversation = resolve(state, place);
  const doing = useSyncExternalStore(typing.subscribe, () => conversation && typing.of(conversation.id));
  const actions = useMemo(
    () => ({
      ...conversationActions(messenger, place, find),
      openInfo: () => setInfo(true),
      reply: (seq: Seq) => {
        setEditing(undefined);
        setReplyTo(seq);
      },
      edit: (message: Editing) => {
        setReplyTo(undefined);
        setEditing(message);
      },
      erase: (seq: Seq) => {
        const there = resolve(messenger.store.state, place);
        setRefused(undefined);
        if (there !== undefined) void messenger.erase(there.id, seq, setRefused).catch(() => {});
      },
    }),
    // The view is made anew for each place (its key), so these never change under it.
    [messenger],
  );
  const unreadFrom = useUnreadFrom(conversation);
  const snapshot = conversationSnapshot(state, place, nowMs, doing, unreadFrom);
  const { person } = snapshot;
  const group = conversation && info ? groupSnapshot(state, conversation.id) : undefined;
  const replying = useRef(replyTo);
  replying.current = replyTo;
  const announcer = useMemo(() => messenger.announcer(place), [messenger]);
  useEffect(() => () => announcer.stopped(), [announcer]);
  const drafts = useMemo(() => new Drafts(messenger, place), [messenger]);
  useEffect(() => () => drafts.leave(), [drafts]);
  useEffect(() => void messenger.opened(place).catch(() => {}), [messenger, conversation?.id]);
  useEffect(() => () => void messenger.left(place).catch(() => {}), [messenger]);
  const draft = useMemo(() => keptOf(store.state, place).draft ?? '', [store]);
  const composing = useMemo(() => {
    // Whatever is said next is the reply, and only that.
    const say = async (said: Sayable, file?: Blob) => {
      const to = replying.current;
      setReplyTo(undefined);
      replying.current = undefined;
      announcer.sent();
      await messenger.send(place, said, { ...(to !== undefined && { replyTo: to }), ...(file && { file }) });
    };
    return composerActions(say, find, drafts.write, (what) => (what === undefined ? announcer.stopped() : announcer.doing(what)), () => setReplyTo(undefined));
  }, [messenger, announcer]);
  const edits = {
    endEdit: () => setEditing(undefined),
    edit: async (text: string) => {
      const message = conversation?.messages.find(({ seq }) => seq === editing?.seq);
      setRefused(undefined);
      if (message !== undefined && text !== editing?.text) await messenger.edit(message, text, setRefused);
      setEditing(undefined);
    },
  };
  const people = useMemo(() => contacts(state), [state.people, state.conversations]);
  return (
    <>
      <ConversationView
        snapshot={snapshot}
        actions={actions}
        progress={shares}
        target={at}
        onArrived={() => arrived(route)}
        composer={
          <>
            <Problem text={refused} />
            <ComposerView editing={editing} reply={replyTo === undefined ? undefined : quoteOf(state, place, replyTo)} people={people} draft={draft} actions={{ ...composing, ...edits }} />
          </>
        }
      />
      {info && person && (
        <PersonView snapshot={person} actions={{ close: () => setInfo(false), openGallery, block: (blocked) => messenger.setBlocked(person.account, blocked), name: (given) => messenger.name(person.account, given) }} />
      )}
      {conversation && group && <GroupView snapshot={group} actions={groupActions(messenger, conversation.id, find, () => setInfo(false), openGallery)} />}
      {conversation && gallery && (
        <Suspense>
          <ChatGallery messenger={messenger} id={conversation.id} nowMs={nowMs} onClose={closeGallery} />
        </Suspense>
      )}
    </>
  );
}

// Where one stopped reading, as it was when this was opened.
function useUnreadFrom(conversation: Conversation | undefined): UnreadFrom | undefined {
  const [from] = useState(() => {
    return conversation === undefined || unread(conversation) === 0 ? undefined : { after: conversation.seenTo, to: conversation.lastSeq };
  });
  return from;
}

function composerActions(say: (said: Sayable, file?: Blob) => Promise<void>, find: Props['find'], draft: (text: string) => void, doing: ComposerActions['doing'], endReply: () => void): Omit<ComposerActions, 'edit' | 'endEdit'> {
  return {
    send: (text) => say({ kind: 'text', text }),
    sendFile: ({ bytes, media }) => say({ kind: 'media', media }, bytes),
    whereAmI,
    sendLocation: ({ latitude, longitude, name }) => say({ kind: 'location', spot: { latitude, longitude, name, address: '' } }),
    find,
    sendContact: ({ name, phone }) => say({ kind: 'contacts', cards: [{ name: name || phone, phones: [{ phone, type: 'CELL', waId: phone.replace(/\D/g, '') }], details: [] }] }),
    endReply,
    draft,
    doing,
  };
}

function conversationActions(messenger: Messenger, place: Place, find: Props['find']): Omit<ConversationActions, 'openInfo' | 'reply' | 'edit' | 'erase'> {
  const { store, client, library } = messenger;
  const id = () => resolve(store.state, place)?.id;
  return {
    back: () => go(undefined),
    older: async () => {
      const conversation = id();
      if (conversation !== undefined) await messenger.older(conversation);
    },
    reach: async (seq) => {
      const conversation = id();
      if (conversation !== undefined) await messenger.reach(conversation, seq);
    },
    seen: () => void messenger.markRead(place).catch(() => {}),
    retry: (clientId) => void client.outbox.retry(clientId),
    discard: (clientId) => void client.outbox.discard(clientId),
    lease: (file, onProgress) => library.lease(file, onProgress),
    react: (seq, emoji) => void messenger.react(place, seq, emoji).catch(() => {}),
    choose: (seq, option) => messenger.send(place, { kind: 'choice', option }, { replyTo: seq }),
    shareLocation: async (seq) => {
      const here = await whereAmI();
      await messenger.send(place, { kind: 'location', spot: { ...here, name: '', address: '' } }, { replyTo: seq });
    },
    message: async (phone) => {
      const person = await find(phone);
      if (person === undefined) throw new Error(t('not_found'));
      go({ kind: 'person', id: person.id });
    },
    star: (seq, starred) => {
      const conversation = id();
      if (conversation !== undefined) void messenger.star(conversation, seq, starred).catch(() => {});
    },
    targets: () => targets(store.state, Date.now()),
    forward: async (bodies, to) => {
      for (const { place: there } of to) for (const body of bodies) await messenger.send(there, sayable(body));
      const [only] = to;
      if (to.length === 1 && only !== undefined) go(only.place);
    },
    accept: () => messenger.accept(place),
    block: (account, blocked) => messenger.setBlocked(account, blocked),
    hide: (seqs) => {
      const conversation = id();
      if (conversation !== undefined) void messenger.hide(conversation, seqs).catch(() => {});
    },
    info: async (seq) => {
      const conversation = resolve(store.state, place);
      const own = conversation?.messages.some((message) => message.seq === seq && message.author === store.state.me?.account);
      const receipts = conversation !== undefined && own ? (await client.memberReceipts(conversation.id)).members : [];
      const info = conversation && messageInfo(store.state, conversation, seq, receipts);
      if (info === undefined) throw new Error(t('quoted_gone'));
      return info;
    },
    played: (seq) => {
      const conversation = id();
      if (conversation !== undefined) void messenger.played(conversation, seq).catch(() => {});
    },
  };
}

function groupActions(messenger: Messenger, id: ConversationId, find: Props['find'], close: () => void, openGallery: () => void) {
  return {
    close,
    openGallery,
    find,
    rename: (name: string) => messenger.renameGroup(id, name),
    add: (account: AccountId) => messenger.changeMembers(id, { add: [account] }),
    remove: (account: AccountId) => messenger.changeMembers(id, { remove: [account] }),
    promote: (account: AccountId) => messenger.changeMembers(id, { promote: [account] }),
    leave: async () => {
      await messenger.leaveGroup(id);
      close();
    },
  };
}
