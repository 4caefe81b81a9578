// One message: who, what it answers, what it says, when, how far it is, and what people think of it.
import { useState } from 'react';
import { hueOf } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { speaking, t } from '../../ui/text';
import { TickMark } from '../../ui/tick';
import { clockTime } from '../../ui/time';
import type { Bubble, Quote } from './lines';
import type { ConversationActions } from './model';
import { SaidView } from './Said';
import { Reactions, Tools, useTouch } from './Tools';
import { thumbnailUrl } from './use_file';
import css from './View.module.css';

interface Props {
  readonly line: Bubble;
  readonly actions: ConversationActions;
  readonly active: boolean;
  readonly share: number | undefined; // of its upload
  readonly lit: boolean; // jumped to
  readonly onView: () => void;
  readonly onJump: (quote: Quote) => void;
}

export function BubbleView({ line, actions, active, share, lit, onView, onJump }: Props) {
  const [open, setOpen] = useState(false);
  const { seq, body, own } = line;
  const reply = active && seq !== undefined ? () => actions.reply(seq) : undefined;
  const { shift, handlers } = useTouch(reply, () => setOpen(true));
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
  ];
  return (
    <li className={classes.join(' ')} data-side={own ? 'own' : 'other'} data-seq={seq === undefined ? undefined : String(seq)} style={shift > 0 ? { transform: `translateX(${speaking().direction === 'rtl' ? -shift : shift}px)` } : undefined} {...handlers}>
      {line.sender !== undefined && (
        <span className={`${css['sender']} ${css[`hue${hueOf(line.hue)}`]}`}>
          {line.sender}
          {line.bot && <BotMark name={line.sender} />}
        </span>
      )}
      {line.quote !== undefined && <QuoteView quote={line.quote} onJump={onJump} />}
      <SaidView line={line} actions={actions} active={active} onView={onView} />
      <span className={css['meta']}>
        <time dateTime={new Date(line.timeMs).toISOString()}>{clockTime(line.timeMs)}</time>
        {line.tick !== undefined && <TickMark tick={line.tick} />}
      </span>
      {line.uploading !== undefined && <Uploading clientId={line.uploading} share={share} actions={actions} />}
      {line.failed !== undefined && <Failed failed={line.failed} actions={actions} />}
      {active && <Tools line={line} actions={actions} open={open} onOpen={setOpen} />}
      <Reactions line={line} actions={actions} />
    </li>
  );
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
