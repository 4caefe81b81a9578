// The body of a bubble: one view for each kind of what can be said.
import type { Bubble } from './lines';
import { ContactsView, LocationView } from './Cards';
import { ChoiceView, OfferView } from './Offer';
import { DocumentView } from '../../media/Document';
import { Formatted } from './Formatted';
import type { ConversationActions } from './model';
import { PictureView } from './Picture';
import { SoundView } from './Sound';
import css from './View.module.css';

interface Props {
  readonly line: Bubble;
  readonly actions: ConversationActions;
  readonly active: boolean; // one may answer
  readonly onView: () => void;
}

export function SaidView({ line, actions, active, onView }: Props) {
  const { body } = line;
  switch (body.kind) {
    case 'text':
      return <span className={css['text']}>
          <Formatted text={body.text} />
        </span>;
    case 'unreadable':
      return <span className={css['text']}>{line.text}</span>;
    case 'erased':
      return <em className={`${css['text']} ${css['erased']}`}>{line.text}</em>;
    case 'location':
      return <LocationView spot={body.spot} />;
    case 'contacts':
      return <ContactsView cards={body.cards} onMessage={actions.message} />;
    case 'choice':
      return <ChoiceView option={body.option} />;
    case 'interactive':
      return <OfferView line={line} offered={body.interactive} actions={actions} active={active} onView={onView} />;
    case 'media': {
      const { media } = body;
      return (
        <>
          {media.kind === 'image' || media.kind === 'video' || media.kind === 'sticker' ? (
            <PictureView media={media} actions={actions} onView={onView} />
          ) : media.kind === 'document' ? (
            <DocumentView media={media} actions={actions} />
          ) : (
            <SoundView media={media} actions={actions} unplayed={media.kind === 'voice' && !line.played} onPlayed={() => line.seq !== undefined && actions.played(line.seq)} />
          )}
          {media.caption !== '' && <span className={css['caption']}>
              <Formatted text={media.caption} />
            </span>}
        </>
      );
    }
  }
}
