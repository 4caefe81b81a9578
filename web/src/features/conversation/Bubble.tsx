// One message: who, what it answers, what it says, when, how far it is, and what people think of it.
import { memo, useState } from 'react';
import type { MouseEvent } from 'react';
import { hueOf } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { speaking, t } from '../../ui/text';
import type { Spoken } from '../../ui/text/language';
import { TickMark } from '../../ui/tick';
import { clockTime } from '../../ui/time';
import { sameBubble } from './lines';
import type { Bubble, Quote } from './lines';
import type { ConversationActions } from './model';
import { SaidView } from './Said';
import { Reactions, Tools, useTouch } from './Tools';
import { thumbnailUrl } from '../../media/use_file';
import css from './View.module.css';

interface Props {
  readonly line: Bubble;
  readonly actions: ConversationActions;
  readonly active: boolean;
  readonly share: number | undefined; // of its upload
  readonly lit: boolean; // jumped to
  readonly picking?: Picking | undefined;
  readonly spoken: Spoken; // the language of its words
  readonly on: BubbleEvents;
}
/** What a bubble asks of those around it. The same object while the conversation is open. */
export interface BubbleEvents {
  view(line: Bubble): void;
  jump(quote: Quote): void;
  info(line: Bubble): void;
  pick(line: Bubble): void;
  forward(line: Bubble): void;
  hide(line: Bubble): void;
  edit(line: Bubble): void;
}
/** Messages are being chosen. */
export interface Picking {
  has(key: string): boolean;
  toggle(key: string): void;
}


// Drawn anew only when something of it changed: a page that comes makes all lines anew, and most are as they were.
export const BubbleView = memo(BubbleDrawn, (a, b) => a.actions === b.actions && a.on === b.on && a.active === b.active && a.share === b.share && a.lit === b.lit && a.picking === b.picking && a.spoken === b.spoken && sameBubble(a.line, b.line));

function BubbleDrawn({ line, actions, active, share, lit, picking, on }: Props) {
  const [open, setOpen] = useState(false);
  const { seq, body, own } = line;
  const reply = active && seq !== undefined && body.kind !== 'erased' ? () => actions.reply(seq) : undefined;
  const { shift, handlers } = useTouch(picking === undefined ? reply : undefined, () => setOpen(true));
  const pickable = picking !== undefined && seq !== undefined;
  const media = body.kind === 'media' ? body.media : undefined;
  const picture = media !== undefined && (media.kind === 'image' || media.kind === 'video');
  const bare = media?.kind === 'sticker';
  const classes = [
    css['bubble'],
    own ? css['own'] : css['other'],
    line.first ? css['first'] : '',
    picture ? css['pictured'] : '',
    picture && media.caption === '' && line.failed === undefined && line.uploading === undefined ? css['over'] : '',
    bare ? css['bare'] : '',
    media !== undefined && media.caption === '' && (media.kind === 'voice' || media.kind === 'audio') ? css['sounded'] : '',
    line.reactions.length > 0 ? css['reacted'] : '',
    lit ? css['lit'] : '',
    pickable && picking.has(line.key) ? css['picked'] : '',
    pickable ? css['pickable'] : '',
  ];
  return (
    <li className={classes.join(' ')} data-side={own ? 'own' : 'other'} data-seq={seq === undefined ? undefined : String(seq)} style={shift > 0 ? { transform: `translateX(${speaking().direction === 'rtl' ? -shift : shift}px)` } : undefined} onContextMenu={(event) => seq !== undefined && ownMenu(event) && setOpen(true)} {...handlers}>
      {pickable && <input type="checkbox" className={css['pick']} aria-label={t('select_this', { text: line.text.slice(0, 60) })} checked={picking.has(line.key)} onChange={() => picking.toggle(line.key)} />}
      {line.sender !== undefined && (
        <span className={`${css['sender']} ${css[`hue${hueOf(line.hue)}`]}`}>
          {line.sender}
          {line.bot && <BotMark name={line.sender} />}
        </span>
      )}
      {line.quote !== undefined && <QuoteView quote={line.quote} onJump={on.jump} />}
      <SaidView line={line} actions={actions} active={active} onView={() => on.view(line)} />
      <span className={css['meta']}>
        {line.starred && (
          <span role="img" aria-label={t('starred')} className={css['star']}>
            <Icon name="star" size={13} />
          </span>
        )}
        {line.edited && <span>{t('edited')}</span>}
        <time dateTime={new Date(line.timeMs).toISOString()}>{clockTime(line.timeMs)}</time>
        {line.tick !== undefined &&
          (seq === undefined ? (
            <TickMark tick={line.tick} />
          ) : (
            <button type="button" tabIndex={-1} className={css['tick']} aria-label={t('message_info')} onClick={() => on.info(line)}>
              <TickMark tick={line.tick} />
            </button>
          ))}
      </span>
      {line.uploading !== undefined && <Uploading clientId={line.uploading} share={share} actions={actions} />}
      {line.failed !== undefined && <Failed failed={line.failed} actions={actions} />}
      {picking === undefined && <Tools line={line} actions={actions} active={active} open={open} onOpen={setOpen} on={on} />}
      <Reactions line={line} actions={actions} />
    </li>
  );
}

// Our menu, unless the browser's is of more use: for a link, a picture, or words that are marked.
function ownMenu(event: MouseEvent): boolean {
  const special = event.target instanceof Element && event.target.closest('a, img, video, input, textarea') !== null;
  if (special || window.getSelection()?.isCollapsed === false) return false;
  event.preventDefault();
  return true;
}

export function BotMark({ name }: { readonly name: string }) {
  return (
    <span className={css['bot']} title={t('is_program', { name })}>
      <Icon name="robot" size={14} /> {t('program')}
    </span>
  );
}

function QuoteView({ quote, onJump }: { readonly quote: Quote; readonly onJump: (quote: Quote) => void }) {
  const thumbnail = quote.thumbnail && thumbnailUrl(quote.thumbnail);
  return (
    <button type="button" className={`${css['quote']} ${quote.who === '' ? '' : css[`hue${hueOf(quote.hue)}`]}`} aria-label={t('quoted', { who: quote.who, text: quote.text })} onClick={() => onJump(quote)}>
      <span>
        {quote.who !== '' && <b>{quote.who}</b>}
        <span className={css['quoted']}>{quote.text}</span>
      </span>
      {thumbnail !== undefined && <img src={thumbnail} alt="" />}
    </button>
  );
}

function Uploading({ clientId, share = 0, actions }: { readonly clientId: string; readonly share: number | undefined; readonly actions: ConversationActions }) {
  const percent = Math.round(share * 100);
  return (
    <span className={css['uploading']}>
      <progress max={1} value={share} aria-label={t('uploading', { percent })} />
      <small>{percent} %</small>
      <button type="button" aria-label={t('cancel_upload')} title={t('cancel_upload')} onClick={() => actions.discard(clientId)}>
        <Icon name="close" size={16} />
      </button>
    </span>
  );
}

function Failed({ failed, actions }: { readonly failed: { readonly clientId: string; readonly text: string }; readonly actions: ConversationActions }) {
  return (
    <span className={css['failed']} role="alert">
      <span>{failed.text}</span>
      <button type="button" onClick={() => actions.retry(failed.clientId)}>
        {t('retry')}
      </button>
      <button type="button" onClick={() => actions.discard(failed.clientId)}>
        {t('discard')}
      </button>
    </span>
  );
}
