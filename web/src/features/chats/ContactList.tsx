// People one knows, to choose from; a field to find one among many.
import { useState } from 'react';
import type { Person } from '../../state/model';
import { matchesPerson } from '../../state/search';
import { nameOf } from '../../state/selectors';
import { Avatar, Field } from '../../ui/controls';
import { t } from '../../ui/text';
import css from './ContactList.module.css';

const kFewEnough = 6; // to see all at once
const kShownMax = 200;

export function ContactList({ people, onChoose }: { readonly people: readonly Person[]; readonly onChoose: (person: Person) => void }) {
  const [query, setQuery] = useState('');
  if (people.length === 0) return null;
  const found = query.trim() === '' ? people : people.filter((person) => matchesPerson(person, query));
  return (
    <section aria-label={t('people_known')} className={css['contacts']}>
      <h3>{t('people_known')}</h3>
      {people.length > kFewEnough && <Field label={t('find_contact')} type="search" value={query} onText={setQuery} autoComplete="off" />}
      <ul>
        {found.slice(0, kShownMax).map((person) => (
          <li key={String(person.id)}>
            <button type="button" onClick={() => onChoose(person)}>
              <Avatar name={nameOf(person)} hue={person.id} size="small" />
              <span>
                <bdi>{nameOf(person)}</bdi>
                <small>
                  <bdi>{person.phone}</bdi>
                </small>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p role="status">{t('found_nothing', { query: query.trim() })}</p>}
    </section>
  );
}
