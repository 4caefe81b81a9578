import { useState } from 'react';
import { Avatar, IconButton } from '../../ui/controls';
import { t } from '../../ui/text';
import { TickMark } from '../../ui/tick';
import { shortTime } from '../../ui/time';
import type { ChatItem, ChatsActions, ChatsSnapshot } from './model';
import { NewChat, NewGroup } from './NewChat';
import css from './View.module.css';

export function ChatsView({ snapshot, actions }: { readonly snapshot: ChatsSnapshot; readonly actions: ChatsActions }) {
  const [dialog, setDialog] = useState<'chat' | 'group'>();
  const close = () => setDialog(undefined);
  return (
    <nav className={css['pane']} aria-label={t('chats')}>
      <header className={css['head']}>
        <h1>{t('chats')}</h1>
        <IconButton icon="plus" label={t('new_chat')} onPress={() => setDialog('chat')} />
        <IconButton icon="group" label={t('new_group')} onPress={() => setDialog('group')} />
        <IconButton icon="gear" label={t('settings')} onPress={actions.openSettings} />
      </header>
      {snapshot.items.length === 0 && <p className={css['empty']}>{t('no_chats')}</p>}
      <ul className={css['list']} aria-label={t('chat_list')}>
        {snapshot.items.map((item) => (
          <ChatEntry key={item.key} item={item} nowMs={snapshot.nowMs} onOpen={() => actions.open(item.row.place)} />
        ))}
      </ul>
      {dialog === 'chat' && <NewChat actions={actions} onClose={close} />}
      {dialog === 'group' && <NewGroup actions={actions} onClose={close} />}
    </nav>
  );
}

function ChatEntry({ item, nowMs, onOpen }: { readonly item: ChatItem; readonly nowMs: number; readonly onOpen: () => void }) {
  const { row } = item;
  return (
    <li>
      <button type="button" className={css['entry']} aria-current={item.selected ? 'true' : undefined} onClick={onOpen}>
        <Avatar name={row.title} hue={item.hue} group={row.group} />
        <span className={css['title']}>
          <bdi>{row.title}</bdi>
        </span>
        <span className={css['time']}>{shortTime(row.timeMs, nowMs)}</span>
        <span className={css['preview']}>
          {row.lastOwnTick && <TickMark tick={row.lastOwnTick} />}
          <span className={css['words']}>{item.preview}</span>
        </span>
        {row.unread > 0 && (
          <span className={css['badge']} aria-label={t('unread', { count: row.unread })}>
            {row.unread > 999 ? '999+' : row.unread}
          </span>
        )}
      </button>
    </li>
  );
}
