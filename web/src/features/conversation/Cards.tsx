// A place and people, as cards. Nothing of a place is asked from anybody: a map opens when the person says so, in a
// program of their own.
import { useState } from 'react';
import type { Card, Spot } from '../../client/content';
import { coordinates } from '../../state/described';
import { Avatar } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { t } from '../../ui/text';
import { useAction } from '../../ui/use_action';
import css from '../../media/Cards.module.css';

export function LocationView({ spot }: { readonly spot: Spot }) {
  const [copied, setCopied] = useState(false);
  const where = coordinates(spot);
  const title = spot.name || spot.address || t('location');
  const copy = () => void navigator.clipboard?.writeText(where).then(() => setCopied(true), () => {});
  return (
    <section className={css['card']} aria-label={`${t('location')}: ${title}`}>
      <span className={css['map']} aria-hidden="true">
        <MapSketch spot={spot} />
        <span className={css['pin']}>
          <Icon name="pin" size={26} />
        </span>
      </span>
      <span className={css['place']}>
        <bdi className={css['title']}>{title}</bdi>
        {spot.address !== '' && spot.address !== title && <bdi>{spot.address}</bdi>}
        <small>{where}</small>
      </span>
      <span className={css['buttons']}>
        <a href={geoLink(spot)} className={css['button']}>
          <Icon name="pin" size={18} /> {t('open_map')}
        </a>
        <button type="button" className={css['button']} onClick={copy}>
          <Icon name="copy" size={18} /> {copied ? t('copied') : t('copy_place')}
        </button>
      </span>
    </section>
  );
}

export function geoLink({ latitude, longitude }: Spot): string {
  const [lat, lon] = [latitude, longitude].map((degrees) => degrees.toFixed(6));
  return `geo:${lat},${lon}?q=${lat},${lon}`;
}

// Streets that exist nowhere, the same for the same place.
function MapSketch({ spot }: { readonly spot: Spot }) {
  const turn = Math.round(Math.abs(spot.latitude * 37 + spot.longitude * 91)) % 40;
  return (
    <svg viewBox="0 0 320 120" preserveAspectRatio="xMidYMid slice">
      <g transform={`rotate(${turn - 20} 160 60)`} fill="none" stroke="currentColor" strokeLinecap="round">
        <path strokeWidth="9" d="M-60 78C40 60 120 104 220 66S340 40 400 58" />
        <path strokeWidth="5" d="M-40 20 380 34M60-60 90 200M232-60 214 200M140-60c10 60 4 140 24 260M-40 122l420-10M-60 48l440 38" />
        <path strokeWidth="2.5" d="M18-40 34 180M118-40l8 220M186-40l4 220M276-40l-8 220M330-40l-12 220M-40 4l420 4M-40 96l440 6" />
      </g>
    </svg>
  );
}

export function ContactsView({ cards, onMessage }: { readonly cards: readonly Card[]; readonly onMessage: (phone: string) => Promise<void> }) {
  return (
    <div className={css['card']}>
      {cards.map((card, i) => (
        <ContactView key={i} card={card} onMessage={onMessage} />
      ))}
    </div>
  );
}

function ContactView({ card, onMessage }: { readonly card: Card; readonly onMessage: (phone: string) => Promise<void> }) {
  const action = useAction();
  return (
    <section className={css['contact']} aria-label={`${t('contact')}: ${card.name}`}>
      <div className={css['row']}>
        <Avatar name={card.name} hue={hash(card.name)} size="small" />
        <span className={css['what']}>
          <bdi className={css['title']}>{card.name}</bdi>
          {card.phones.map(({ phone, type }, i) => (
            <span key={i}>
              <bdi>{phone}</bdi> {type !== '' && <small>{type.toLowerCase()}</small>}
            </span>
          ))}
          {card.details.map((line, i) => (
            <small key={i}>
              <bdi>{line}</bdi>
            </small>
          ))}
        </span>
      </div>
      <span className={css['buttons']}>
        {reachable(card).map((phone, _, all) => (
          <button key={phone} type="button" className={css['button']} aria-label={t('message_phone', { phone })} disabled={action.busy} onClick={() => action.run(() => onMessage(phone))}>
            {all.length === 1 ? t('message_person') : phone}
          </button>
        ))}
      </span>
      {action.problem !== undefined && (
        <p role="alert" className={css['problem']}>
          {action.problem}
        </p>
      )}
    </section>
  );
}

/** Phones that somebody here has. A card that shows one number and means another is not followed. */
export function reachable(card: Card): readonly string[] {
  return card.phones.filter(({ phone, waId }) => /^\d{5,15}$/.test(waId) && phone.replace(/\D/g, '').endsWith(waId.slice(-7))).map(({ waId }) => `+${waId}`);
}

const hash = (text: string): bigint => [...text].reduce((sum, letter) => sum * 31n + BigInt(letter.codePointAt(0) ?? 0), 7n);
