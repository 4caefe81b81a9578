// What a program offers, and the answer to it. One tap answers; what was answered stays marked.
import { useState } from 'react';
import type { Interactive, Option } from '../../client/content';
import { Dialog, Stack } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { t } from '../../ui/text';
import { useAction } from '../../ui/use_action';
import css from '../../media/Cards.module.css';
import { DocumentView } from '../../media/Document';
import type { Bubble } from './lines';
import type { ConversationActions } from './model';
import { PictureView } from './Picture';

interface Props {
  readonly line: Bubble;
  readonly offered: Interactive;
  readonly actions: ConversationActions;
  readonly active: boolean;
  readonly onView: () => void;
}

export function OfferView({ line, offered, actions, active, onView }: Props) {
  const [open, setOpen] = useState(false);
  const action = useAction();
  const { header, media, body, footer, offer } = offered;
  const { seq, chosen } = line;
  const closed = line.own || !active || seq === undefined || action.busy || chosen !== undefined;
  const choose = (option: Option) => {
    setOpen(false);
    if (seq !== undefined) action.run(() => actions.choose(seq, option));
  };
  return (
    <div className={css['card']}>
      {media && (media.kind === 'document' ? <DocumentView media={media} actions={actions} /> : <PictureView media={media} actions={actions} onView={onView} />)}
      {header !== '' && <span className={css['head']}>{header}</span>}
      {body !== '' && <span className={css['body']}>{body}</span>}
      {footer !== '' && <span className={css['foot']}>{footer}</span>}
      <div className={css['offers']}>
        {offer.kind === 'buttons' &&
          offer.buttons.map((button) => (
            <button key={button.id} type="button" className={css['button']} aria-pressed={chosen === button.id} disabled={closed} onClick={() => choose(button)}>
              {chosen === button.id && <Icon name="tick" size={18} />}
              {button.title}
            </button>
          ))}
        {offer.kind === 'choices' && (
          <button type="button" className={css['button']} disabled={closed} onClick={() => setOpen(true)}>
            <Icon name="list" size={18} /> {offer.button}
          </button>
        )}
        {offer.kind === 'link' && <Link text={offer.text} url={offer.url} />}
        {offer.kind === 'location_request' && (
          <button type="button" className={css['button']} disabled={line.own || !active || seq === undefined || action.busy} onClick={() => seq !== undefined && action.run(() => actions.shareLocation(seq))}>
            <Icon name="pin" size={18} /> {t('share_location')}
          </button>
        )}
        {offer.kind === 'unknown' && <span className={css['foot']}>{t('unreadable')}</span>}
      </div>
      {action.problem !== undefined && (
        <p role="alert" className={css['problem']}>
          {action.problem}
        </p>
      )}
      {open && offer.kind === 'choices' && (
        <Dialog title={offer.button || t('choices')} onClose={() => setOpen(false)}>
          <Stack>
            {offer.sections.map((section, i) => (
              <section key={i} className={css['section']} aria-label={section.title || t('choices')}>
                {section.title !== '' && <h3>{section.title}</h3>}
                {section.rows.map((row) => (
                  <button key={row.id} type="button" className={css['option']} onClick={() => choose(row)}>
                    {row.title}
                    {row.description !== '' && <small>{row.description}</small>}
                  </button>
                ))}
              </section>
            ))}
          </Stack>
        </Dialog>
      )}
    </div>
  );
}

// Only where a browser goes; and it is shown where, because the words on it are somebody else's.
function Link({ text, url }: { readonly text: string; readonly url: string }) {
  const host = webHost(url);
  if (host === undefined) return <span className={css['foot']}>{t('link_bad')}</span>;
  return (
    <>
      <a className={css['button']} href={url} target="_blank" rel="noopener noreferrer">
        <Icon name="link" size={18} /> {text}
      </a>
      <span className={css['foot']}>{host}</span>
    </>
  );
}

export function webHost(url: string): string | undefined {
  try {
    const { protocol, host } = new URL(url);
    return protocol === 'https:' || protocol === 'http:' ? host : undefined;
  } catch {
    return undefined;
  }
}

export function ChoiceView({ option }: { readonly option: Option }) {
  return (
    <span className={css['choice']}>
      <span>{option.title || option.id}</span>
      {option.description !== '' && <small className={css['foot']}>{option.description}</small>}
    </span>
  );
}
