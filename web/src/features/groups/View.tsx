import { useState } from 'react';
import { Avatar, Button, Dialog, Field, Form, Problem, Row, Stack } from '../../ui/controls';
import { t } from '../../ui/text';
import { useAction } from '../../ui/use_action';
import type { ActionState } from '../../ui/use_action';
import type { GroupActions, GroupMember, GroupSnapshot } from './model';
import css from './View.module.css';

export function GroupView({ snapshot, actions }: { readonly snapshot: GroupSnapshot; readonly actions: GroupActions }) {
  const [name, setName] = useState(snapshot.name);
  const [phone, setPhone] = useState('');
  const action = useAction();
  const add = async () => {
    const person = await actions.find(phone);
    if (person === undefined) throw new Error(t('not_found'));
    await actions.add(person.id);
    setPhone('');
  };
  return (
    <Dialog title={t('group_info')} onClose={actions.close}>
      <Stack>
        {snapshot.admin && snapshot.active && (
          <>
            <Form label={t('rename')} onSubmit={() => action.run(() => actions.rename(name))}>
              <Row>
                <Field label={t('group_name')} value={name} onText={setName} required maxLength={100} />
                <Button type="submit" disabled={action.busy || name === snapshot.name || name.trim() === ''}>
                  {t('rename')}
                </Button>
              </Row>
            </Form>
            <Form label={t('add')} onSubmit={() => action.run(add)}>
              <Row>
                <Field label={t('member_phone')} type="tel" value={phone} onText={setPhone} required />
                <Button type="submit" disabled={action.busy || phone === ''}>
                  {t('add')}
                </Button>
              </Row>
            </Form>
          </>
        )}
        <Problem text={action.problem} />
        <Button onPress={actions.openGallery}>{t('gallery')}</Button>
        <ul className={css['members']} aria-label={t('members')}>
          {snapshot.members.map((member) => (
            <MemberRow key={String(member.account)} member={member} admin={snapshot.admin && snapshot.active} action={action} actions={actions} />
          ))}
        </ul>
        {snapshot.active && (
          <Button look="danger" disabled={action.busy} onPress={() => action.run(() => actions.leave())}>
            {t('leave')}
          </Button>
        )}
      </Stack>
    </Dialog>
  );
}

interface RowProps {
  readonly member: GroupMember;
  readonly admin: boolean;
  readonly action: ActionState;
  readonly actions: GroupActions;
}

function MemberRow({ member, admin, action, actions }: RowProps) {
  const { account, name } = member;
  return (
    <li>
      <Avatar name={name} hue={account} size="small" />
      <span className={css['who']}>
        {name} {member.admin && <em>{t('admin')}</em>}
        <small>{member.phone}</small>
      </span>
      {admin && !member.self && !member.admin && (
        <Button label={t('make_admin_name', { name })} disabled={action.busy} onPress={() => action.run(() => actions.promote(account))}>
          {t('make_admin')}
        </Button>
      )}
      {admin && !member.self && (
        <Button label={t('remove_name', { name })} disabled={action.busy} onPress={() => action.run(() => actions.remove(account))}>
          {t('remove')}
        </Button>
      )}
    </li>
  );
}
