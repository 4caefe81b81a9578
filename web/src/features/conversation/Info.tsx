// About one message: when it was sent, and how far it is with each who gets it.
import { useEffect, useState } from 'react';
import { Avatar, Dialog, Problem } from '../../ui/controls';
import { t } from '../../ui/text';
import { TickMark } from '../../ui/tick';
import { fullTime } from '../../ui/time';
import { useAction } from '../../ui/use_action';
import css from './Info.module.css';
import type { MessageInfo, Reached } from './model';

interface Props {
  readonly load: () => Promise<MessageInfo>;
  readonly onClose: () => void;
}

const kParts = [
  ['read', 'read_by'],
  ['delivered', 'delivered_to'],
  ['sent', 'not_reached'],
] as const;

export function InfoView({ load, onClose }: Props) {
  const [info, setInfo] = useState<MessageInfo>();
  const action = useAction();
  useEffect(() => action.run(async () => setInfo(await load())), []);
  return (
    <Dialog title={t('message_info')} onClose={onClose}>
      <Problem text={action.problem} />
      {info !== undefined && (
        <div className={css['info']}>
          <p dir="auto" className={css['text']}>
            {info.text}
          </p>
          <p className={css['time']}>{t(info.own ? 'sent_at' : 'said_at', { who: info.who, time: fullTime(info.timeMs) })}</p>
          {info.own && kParts.map(([how, title]) => <Part key={how} title={t(title)} how={how} people={info.reached.filter((each) => each.how === how)} />)}
          {info.own && <p className={css['hint']}>{t('ticks_explained')}</p>}
        </div>
      )}
    </Dialog>
  );
}

function Part({ title, how, people }: { readonly title: string; readonly how: Reached['how']; readonly people: readonly Reached[] }) {
  if (people.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3>
        <TickMark tick={how} /> {title}
      </h3>
      <ul>
        {people.map(({ account, name }) => (
          <li key={String(account)}>
            <Avatar name={name} hue={account} size="small" /> <bdi>{name}</bdi>
          </li>
        ))}
      </ul>
    </section>
  );
}
