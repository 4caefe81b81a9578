// What a person chooses for this device alone: language, appearance, text size.
import { Button, Choice, Problem, Stack } from '../../ui/controls';
import { kAppearances, kTextShares, kTextSizes } from '../../ui/preferences';
import type { Appearance, Preferences, TextSize } from '../../ui/preferences';
import { speaking, t } from '../../ui/text';
import { kLanguageNames, kLanguages } from '../../ui/text/language';
import type { Language } from '../../ui/text/language';
import { useAction } from '../../ui/use_action';
import type { BrowserFacts, SettingsActions } from './model';
import css from './View.module.css';

interface ChoiceProps {
  readonly preferences: Preferences;
  readonly onPrefer: (change: Partial<Preferences>) => void;
}
interface Props {
  readonly preferences: Preferences;
  readonly browser: BrowserFacts;
  readonly actions: Pick<SettingsActions, 'prefer' | 'install' | 'askToNotify'>;
}

const kLooks = { light: 'look_light', dark: 'look_dark', contrast: 'look_contrast' } as const satisfies Record<Appearance, string>;

export function DeviceSettings({ preferences, browser, actions }: Props) {
  const onPrefer = actions.prefer;
  const percent = new Intl.NumberFormat(speaking().locale, { style: 'percent' });
  return (
    <section aria-label={t('on_device')}>
      <Stack>
        <h3>{t('on_device')}</h3>
        <LanguageChoice preferences={preferences} onPrefer={onPrefer} />
        <Choice
          label={t('appearance')}
          value={preferences.appearance ?? ''}
          options={[['', t('as_system')], ...kAppearances.map((look) => [look, t(kLooks[look])] as const)]}
          onChoose={(look) => onPrefer({ appearance: look === '' ? undefined : (look as Appearance) })}
        />
        <Choice
          label={t('text_size')}
          value={preferences.textSize}
          options={kTextSizes.map((size) => [size, percent.format(kTextShares[size])])}
          onChoose={(size) => onPrefer({ textSize: size as TextSize })}
        />
        <NotifyChoice preferences={preferences} browser={browser} actions={actions} />
        {browser.installable && <Button onPress={actions.install}>{t('install')}</Button>}
      </Stack>
    </section>
  );
}

// The browser asks the person once, and only after a press.
function NotifyChoice({ preferences: { notify }, browser: { mayNotify }, actions }: Props) {
  const action = useAction();
  const on = notify !== 'off' && mayNotify === 'granted';
  const switchOn = async () => {
    if (mayNotify === 'unsupported') throw new Error(t('notify_insecure'));
    if (!(await actions.askToNotify())) throw new Error(t('notify_denied'));
    actions.prefer({ notify: 'words' });
  };
  return (
    <div role="group" aria-label={t('notifications')} className={css['notify']}>
      <span>
        {t('notifications')}
        <small>{t('notify_hint')}</small>
      </span>
      <Button disabled={action.busy} onPress={() => (on ? actions.prefer({ notify: 'off' }) : action.run(switchOn))}>
        {t(on ? 'notify_off' : 'notify_on')}
      </Button>
      {on && (
        <label className={css['switch']}>
          <input type="checkbox" checked={notify === 'words'} onChange={(event) => actions.prefer({ notify: event.target.checked ? 'words' : 'who' })} />
          <span>{t('notify_words')}</span>
        </label>
      )}
      <Problem text={action.problem} />
    </div>
  );
}

function LanguageChoice({ preferences, onPrefer }: ChoiceProps) {
  return (
    <Choice
      label={t('language')}
      value={preferences.language ?? ''}
      options={[['', t('as_system')], ...kLanguages.map((language) => [language, kLanguageNames[language]] as const)]}
      onChoose={(language) => onPrefer({ language: language === '' ? undefined : (language as Language) })}
    />
  );
}
