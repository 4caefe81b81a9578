// The gallery of a chat and the storage of the device, joined to the messenger: a piece of its own, loaded when wanted.
import { useMemo } from 'react';
import type { ConversationId, Seq } from '../client/ids';
import { StorageView } from '../features/gallery/Storage';
import type { StorageActions } from '../features/gallery/Storage';
import { GalleryView } from '../features/gallery/View';
import type { GalleryActions } from '../features/gallery/View';
import { galleryOf } from '../state/gallery';
import type { Messenger } from '../state/messenger';
import type { Message } from '../state/model';
import { hueSource, titleOf } from '../state/selectors';
import { go } from './route';

const kPage = 500;
const kMessagesMax = 20_000; // looked through for one gallery
const kHoldingsMax = 50;

interface Props {
  readonly messenger: Messenger;
  readonly onClose: () => void;
}

export function ChatGallery({ messenger, id, nowMs, onClose }: Props & { readonly id: ConversationId; readonly nowMs: number }) {
  const actions = useMemo(
    (): GalleryActions => ({
      close: onClose,
      load: async () => galleryOf(messenger.store.state, await messagesOf(messenger, id)),
      lease: (file, onProgress) => messenger.library.lease(file, onProgress),
      show: (seq) => {
        onClose();
        go({ kind: 'conversation', id }, seq);
      },
    }),
    [messenger, id],
  );
  return <GalleryView nowMs={nowMs} actions={actions} />;
}

async function messagesOf({ store }: Messenger, id: ConversationId): Promise<readonly Message[]> {
  const all: Message[] = [];
  for (let before: Seq | undefined; all.length < kMessagesMax; before = all[0]?.seq) {
    const page = await store.messagesOf(id, before, kPage);
    all.unshift(...page);
    if (page.length < kPage) break;
  }
  return all;
}

export function DeviceStorage({ messenger, onClose }: Props) {
  const { store } = messenger;
  const actions = useMemo(
    (): StorageActions => ({
      close: onClose,
      measure: async () => {
        const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
        const counts = await store.counts();
        const holdings = [...store.state.conversations.values()].flatMap((conversation) => {
          const messages = counts.get(conversation.id) ?? 0;
          const { id, kind } = conversation;
          if (messages === 0 || kind === 'status') return [];
          return [{ conversation: id, title: titleOf(store.state, conversation), hue: hueSource(store.state, { kind: 'conversation', id }), group: kind === 'group', messages }];
        });
        return { usedBytes: usage, freeBytes: quota, holdings: holdings.sort((a, b) => b.messages - a.messages).slice(0, kHoldingsMax) };
      },
      clear: (conversation) => store.dispatch({ kind: 'emptied', conversation }),
    }),
    [messenger],
  );
  return <StorageView actions={actions} />;
}
