// What a person chooses for this device alone: language, appearance, text size.
import { Button, Choice, Stack } from '../../ui/controls';
import { kAppearances, kTextShares, kTextSizes } from '../../ui/preferences';
import type { Appearance, Preferences, TextSize } from '../../ui/preferences';
import { speaking, t } from '../../ui/text';
import { kLanguageNames, kLanguages } from '../../ui/text/language';
import type { Language } from '../../ui/text/language';

interface ChoiceProps {
  readonly preferences: Preferences;
  readonly onPrefer: (change: Partial<Preferences>) => void;
}
interface Props extends ChoiceProps {
  readonly onInstall: (() => void) | undefined;
}

const kLooks = { light: 'look_light', dark: 'look_dark', contrast: 'look_contrast' } as const satisfies Record<Appearance, string>;

export function DeviceSettings({ preferences, onPrefer, onInstall }: Props) {
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
        {onInstall && <Button onPress={onInstall}>{t('install')}</Button>}
      </Stack>
    </section>
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
