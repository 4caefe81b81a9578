// How far a message is: a clock, one tick, two ticks, two blue ticks, or an alert.
import css from './tick.module.css';
import { Icon } from './icons';
import type { IconName } from './icons';
import { t } from './text';

type Tick = 'pending' | 'sent' | 'delivered' | 'read' | 'failed';

const icons: Readonly<Record<Tick, IconName>> = { pending: 'clock', sent: 'tick', delivered: 'ticks', read: 'ticks', failed: 'alert' };

export function TickMark({ tick }: { readonly tick: Tick }) {
  return (
    <span role="img" className={css[tick]} aria-label={t(tick)} title={t(tick)} data-tick={tick}>
      <Icon name={icons[tick]} size={16} />
    </span>
  );
}
