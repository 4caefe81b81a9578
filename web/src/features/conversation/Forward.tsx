// To whom what was chosen is said again: the chats one had last, and people one knows.
import { useState } from 'react';
import { Avatar, Button, Dialog, Field, Problem, Stack } from '../../ui/controls';
import { t } from '../../ui/text';
import { useAction } from '../../ui/use_action';
import type { Target } from './model';
import css from './Forward.module.css';

export const kForwardChatsMax = 5;
const kShownMax = 100;

interface Props {
  readonly targets: readonly Target[];
  readonly onForward: (to: readonly Target[]) => Promise<void>;
  readonly onClose: () => void;
}

export function ForwardDialog({ targets, onForward, onClose }: Props) {
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const action = useAction();
  const words = query.trim().toLocaleLowerCase();
  const shown = targets.filter(({ title }) => title.toLocaleLowerCase().includes(words)).slice(0, kShownMax);
  const full = chosen.size >= kForwardChatsMax;
  const toggle = (key: string) => setChosen((before) => new Set(before.has(key) ? [...before].filter((other) => other !== key) : [...before, key]));
  return (
    <Dialog title={t('forward_to')} onClose={onClose}>
      <Stack>
        <Field label={t('search')} type="search" value={query} onText={setQuery} autoFocus autoComplete="off" />
        <ul className={css['targets']} aria-label={t('forward_to')}>
          {shown.map(({ key, title, hue, group }) => (
            <li key={key}>
              <label>
                <input type="checkbox" checked={chosen.has(key)} disabled={full && !chosen.has(key)} onChange={() => toggle(key)} />
                <Avatar name={title} hue={hue} group={group} size="small" />
                <bdi>{title}</bdi>
              </label>
            </li>
          ))}
        </ul>
        <p role="status">{full ? t('forward_many', { count: kForwardChatsMax }) : ''}</p>
        <Problem text={action.problem} />
        <Button look="primary" disabled={action.busy || chosen.size === 0} onPress={() => action.run(() => onForward(targets.filter(({ key }) => chosen.has(key))))}>
          {t('forward')}
        </Button>
      </Stack>
    </Dialog>
  );
}
