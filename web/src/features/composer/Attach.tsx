// What one can add to a conversation besides words: the button, its menu, and the dialogs for a place and a person.
import { useEffect, useRef, useState } from 'react';
import type { Person } from '../../state/model';
import { Avatar, Button, Dialog, Field, Form, IconButton, Problem, Stack } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import type { IconName } from '../../ui/icons';
import { Popover } from '../../ui/popover';
import { t } from '../../ui/text';
import type { TextKey } from '../../ui/text';
import { useAction } from '../../ui/use_action';
import type { ComposerActions } from './model';
import css from './View.module.css';

interface Props {
  readonly onFiles: (files: readonly File[], plain: boolean) => void;
  readonly onDialog: (what: 'place' | 'person') => void;
}

const kEntries: readonly { readonly what: 'photos' | 'files' | 'place' | 'person'; readonly icon: IconName; readonly text: TextKey }[] = [
  { what: 'photos', icon: 'photo', text: 'attach_photos' },
  { what: 'files', icon: 'file', text: 'document' },
  { what: 'place', icon: 'pin', text: 'location' },
  { what: 'person', icon: 'person', text: 'contact' },
];

export function AttachView({ onFiles, onDialog }: Props) {
  const [open, setOpen] = useState(false);
  const photos = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const pick = (what: (typeof kEntries)[number]['what']) => {
    setOpen(false);
    if (what === 'photos') photos.current?.click();
    else if (what === 'files') files.current?.click();
    else onDialog(what);
  };
  const take = (input: HTMLInputElement, plain: boolean) => {
    onFiles([...(input.files ?? [])], plain);
    input.value = ''; // so that the same file can be chosen again
  };
  return (
    <span className={css['attach']}>
      <IconButton icon="attach" label={t('attach')} onPress={() => setOpen(!open)} />
      {open && (
        <Popover label={t('attach')} className={css['menu']} onClose={() => setOpen(false)}>
          {kEntries.map(({ what, icon, text }) => (
            <button key={what} type="button" onClick={() => pick(what)}>
              <Icon name={icon} /> {t(text)}
            </button>
          ))}
        </Popover>
      )}
      <input ref={photos} hidden type="file" multiple accept="image/jpeg,image/png,image/webp,image/gif,video/mp4,video/webm,video/3gpp" aria-label={t('attach_photos')} onChange={(event) => take(event.target, false)} />
      <input ref={files} hidden type="file" multiple aria-label={t('document')} onChange={(event) => take(event.target, true)} />
    </span>
  );
}

interface DialogProps {
  readonly actions: ComposerActions;
  readonly onClose: () => void;
}

export function PlaceDialog({ actions, onClose }: DialogProps) {
  const [here, setHere] = useState<{ readonly latitude: number; readonly longitude: number }>();
  const [name, setName] = useState('');
  const action = useAction();
  const look = () => action.run(async () => setHere(await actions.whereAmI()));
  useEffect(look, []);
  const send = async () => {
    if (here === undefined) return;
    await actions.sendLocation({ ...here, name: name.trim() });
    onClose();
  };
  return (
    <Dialog title={t('share_location')} onClose={onClose}>
      <Form label={t('share_location')} onSubmit={() => action.run(send)}>
        <p role="status" className={css['here']}>
          <Icon name="pin" /> {here === undefined ? (action.busy ? t('here_looking') : '') : `${here.latitude.toFixed(5)}, ${here.longitude.toFixed(5)}`}
        </p>
        {here !== undefined && <Field label={t('place_name')} value={name} onText={setName} maxLength={200} autoComplete="off" />}
        <Problem text={action.problem} />
        {here === undefined ? (
          <Button disabled={action.busy} onPress={look}>
            {t('retry')}
          </Button>
        ) : (
          <Button type="submit" look="primary" disabled={action.busy}>
            {t('send')}
          </Button>
        )}
      </Form>
    </Dialog>
  );
}

export function PersonDialog({ people, actions, onClose }: DialogProps & { readonly people: readonly Person[] }) {
  const [phone, setPhone] = useState('');
  const action = useAction();
  const send = async (person: Person) => {
    await actions.sendContact(person);
    onClose();
  };
  const find = async () => {
    const person = await actions.find(phone);
    if (person === undefined) throw new Error(t('not_found'));
    await send(person);
  };
  return (
    <Dialog title={t('send_contact')} onClose={onClose}>
      <Stack>
        <Form label={t('send_contact')} onSubmit={() => action.run(find)}>
          <Field label={t('phone')} hint={t('phone_hint')} type="tel" value={phone} onText={setPhone} />
          <Button type="submit" disabled={action.busy || phone.trim() === ''}>
            {t('send')}
          </Button>
        </Form>
        <Problem text={action.problem} />
        <ul className={css['people']} aria-label={t('people_known')}>
          {people.map((person) => (
            <li key={String(person.id)}>
              <button type="button" disabled={action.busy} onClick={() => action.run(() => send(person))}>
                <Avatar name={person.name || person.phone} hue={person.id} size="small" />
                <span>
                  {person.name || person.phone}
                  <small>{person.phone}</small>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </Stack>
    </Dialog>
  );
}
