import { useEffect, useRef, useState } from 'react';
import { filtered } from '../../state/chat_list';
import type { ChatFilter } from '../../state/chat_list';
import { IconButton } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { t } from '../../ui/text';
import { ChatList } from './List';
import type { ChatsActions, ChatsSnapshot } from './model';
import { NewChat, NewGroup } from './NewChat';
import { Results, step } from './Results';
import { Starred } from './Starred';
import css from './View.module.css';

const kNone = { all: 'no_chats', unread: 'none_unread', groups: 'none_groups', archived: 'none_archived' } as const;

export function ChatsView({ snapshot, actions }: { readonly snapshot: ChatsSnapshot; readonly actions: ChatsActions }) {
  const [dialog, setDialog] = useState<'chat' | 'group' | 'starred'>();
  const [filter, setFilter] = useState<ChatFilter>('all');
  const [query, setQuery] = useState('');
  const asked = query.trim() !== '';
  const close = () => setDialog(undefined);
  const rows = filtered(snapshot.rows, filter);
  const list = (
    <>
      <Filters chosen={filter} archived={snapshot.rows.some((row) => row.archived)} onChoose={setFilter} />
      {rows.length === 0 && (
        <p role="status" className={css['empty']}>
          {t(kNone[filter])}
        </p>
      )}
      <ChatList key={filter} rows={rows} snapshot={snapshot} actions={actions} />
    </>
  );
  return (
    <nav className={css['pane']} aria-label={t('chats')}>
      <header className={css['head']}>
        <h1>{t('chats')}</h1>
        <IconButton icon="plus" label={t('new_chat')} onPress={() => setDialog('chat')} />
        <IconButton icon="group" label={t('new_group')} onPress={() => setDialog('group')} />
        <span className={snapshot.freshStatuses ? css['fresh'] : undefined}>
          <IconButton icon="status" label={t(snapshot.freshStatuses ? 'statuses_new' : 'statuses')} onPress={actions.openStatuses} />
        </span>
        <IconButton icon="star" label={t('starred_messages')} onPress={() => setDialog('starred')} />
        <IconButton icon="gear" label={t('settings')} onPress={actions.openSettings} />
      </header>
      <div className={css['below']} onKeyDown={asked ? step : undefined}>
        <SearchField query={query} onQuery={setQuery} />
        {asked ? <Results query={query} nowMs={snapshot.nowMs} actions={actions} /> : list}
      </div>
      {dialog === 'starred' && <Starred nowMs={snapshot.nowMs} actions={actions} onClose={close} />}
      {dialog === 'chat' && <NewChat actions={actions} onClose={close} />}
      {dialog === 'group' && <NewGroup actions={actions} onClose={close} />}
    </nav>
  );
}
function SearchField({ query, onQuery }: { readonly query: string; readonly onQuery: (query: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const summon = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    window.addEventListener('keydown', summon);
    return () => window.removeEventListener('keydown', summon);
  }, []);
  return (
    <div className={css['search']} role="search">
      <Icon name="search" size={18} />
      <input
        ref={field}
        type="search"
        aria-label={t('search')}
        aria-keyshortcuts="Control+K"
        placeholder={t('search_hint')}
        autoComplete="off"
        maxLength={200}
        value={query}
        onChange={(event) => onQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || query === '') return;
          event.stopPropagation();
          onQuery('');
        }}
      />
      {query !== '' && <IconButton icon="close" label={t('clear_search')} onPress={() => onQuery('')} />}
    </div>
  );
}

function Filters({ chosen, archived, onChoose }: { readonly chosen: ChatFilter; readonly archived: boolean; readonly onChoose: (filter: ChatFilter) => void }) {
  const all: readonly ChatFilter[] = ['all', 'unread', 'groups', ...(archived || chosen === 'archived' ? (['archived'] as const) : [])];
  return (
    <div role="group" aria-label={t('filters')} className={css['filters']}>
      {all.map((filter) => (
        <button key={filter} type="button" aria-pressed={filter === chosen} onClick={() => onChoose(filter)}>
          {t(`filter_${filter}`)}
        </button>
      ))}
    </div>
  );
}
