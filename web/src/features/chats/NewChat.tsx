// Two dialogs: a chat with one person found by phone, and a group of several.
import { useState } from 'react';
import type { Person } from '../../state/model';
import { nameOf } from '../../state/selectors';
import { Avatar, Button, Dialog, Field, Form, IconButton, Problem, Row, Stack } from '../../ui/controls';
import { t } from '../../ui/text';
import { useAction } from '../../ui/use_action';
import { ContactList } from './ContactList';
import type { ChatsActions } from './model';
import css from './View.module.css';

interface Props {
  readonly actions: ChatsActions;
  readonly onClose: () => void;
}

async function found(actions: ChatsActions, phone: string): Promise<Person> {
  const person = await actions.find(phone);
  if (person === undefined) throw new Error(t('not_found'));
  return person;
}

export function NewChat({ actions, onClose }: Props) {
  const [phone, setPhone] = useState('');
  const action = useAction();
  const submit = async () => {
    const person = await found(actions, phone);
    onClose();
    actions.open({ kind: 'person', id: person.id });
  };
  return (
    <Dialog title={t('new_chat')} onClose={onClose}>
      <Stack>
        <Form label={t('new_chat')} onSubmit={() => action.run(submit)}>
          <Field label={t('phone')} hint={t('phone_hint')} type="tel" value={phone} onText={setPhone} required autoFocus />
          <Problem text={action.problem} />
          <Button type="submit" look="primary" disabled={action.busy}>
            {t('start_chat')}
          </Button>
        </Form>
        <ContactList
          people={actions.contacts()}
          onChoose={({ id }) => {
            onClose();
            actions.open({ kind: 'person', id });
          }}
        />
      </Stack>
    </Dialog>
  );
}

export function NewGroup({ actions, onClose }: Props) {
  const [name, setName] = useState('');
  const [phone, setPhone] = useState('');
  const [members, setMembers] = useState<readonly Person[]>([]);
  const action = useAction();
  const add = async () => {
    const person = await found(actions, phone);
    setMembers((before) => [...before.filter((other) => other.id !== person.id), person]);
    setPhone('');
  };
  const create = async () => {
    const id = await actions.createGroup(name, members.map((person) => person.id));
    onClose();
    actions.open({ kind: 'conversation', id });
  };
  return (
    <Dialog title={t('new_group')} onClose={onClose}>
      <Stack>
        <Field label={t('group_name')} value={name} onText={setName} required autoFocus maxLength={100} />
        <Form label={t('add')} onSubmit={() => action.run(add)}>
          <Row>
            <Field label={t('member_phone')} type="tel" value={phone} onText={setPhone} required />
            <Button type="submit" disabled={action.busy || phone === ''}>
              {t('add')}
            </Button>
          </Row>
        </Form>
        <ContactList people={actions.contacts().filter(({ id }) => !members.some((member) => member.id === id))} onChoose={(person) => setMembers((before) => [...before, person])} />
        <ul className={css['chosen']} aria-label={t('members')}>
          {members.map((person) => (
            <li key={String(person.id)}>
              <Avatar name={nameOf(person)} hue={person.id} size="small" />
              <span>{nameOf(person)}</span>
              <IconButton icon="close" label={t('remove_name', { name: nameOf(person) })} onPress={() => setMembers(members.filter((other) => other.id !== person.id))} />
            </li>
          ))}
        </ul>
        <Problem text={action.problem} />
        <Button look="primary" disabled={action.busy || name.trim() === '' || members.length === 0} onPress={() => action.run(create)}>
          {t('create')}
        </Button>
      </Stack>
    </Dialog>
  );
}
