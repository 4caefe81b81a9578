// Buttons, fields, dialogs, avatars. They know no messages.
import { useEffect, useId, useRef } from 'react';
import type { InputHTMLAttributes, ReactNode } from 'react';
import css from './controls.module.css';
import { Icon } from './icons';
import type { IconName } from './icons';
import { t } from './text';

interface ButtonProps {
  readonly children: ReactNode;
  readonly look?: 'plain' | 'primary' | 'danger';
  readonly type?: 'button' | 'submit';
  readonly disabled?: boolean;
  readonly label?: string;
  readonly onPress?: () => void;
}

export function Button({ children, look = 'plain', type = 'button', disabled = false, label, onPress }: ButtonProps) {
  const looks = { plain: '', primary: css['primary'], danger: css['danger'] };
  return (
    <button type={type} className={`${css['button']} ${looks[look]}`} disabled={disabled} aria-label={label} onClick={onPress}>
      {children}
    </button>
  );
}

export function IconButton({ icon, label, onPress }: { readonly icon: IconName; readonly label: string; readonly onPress: () => void }) {
  return (
    <button type="button" className={css['icon']} aria-label={label} title={label} onClick={onPress}>
      <Icon name={icon} />
    </button>
  );
}

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'> {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onText: (text: string) => void;
}

export function Field({ label, hint, onText, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className={css['field']}>
      <label className={css['label']} htmlFor={id}>
        {label}
      </label>
      <input id={id} className={css['input']} aria-describedby={hint && `${id}-hint`} {...input} onChange={(event) => onText(event.target.value)} />
      {hint && (
        <span id={`${id}-hint`} className={css['hint']}>
          {hint}
        </span>
      )}
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly onChoose: (value: string) => void;
}

/** One of a few. */
export function Choice({ label, value, options, onChoose }: ChoiceProps) {
  const id = useId();
  return (
    <div className={css['field']}>
      <label className={css['label']} htmlFor={id}>
        {label}
      </label>
      <select id={id} className={css['input']} value={value} onChange={(event) => onChoose(event.target.value)}>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

export function Problem({ text }: { readonly text: string | undefined }) {
  return text === undefined ? null : (
    <p role="alert" className={css['problem']}>
      {text}
    </p>
  );
}

export function Stack({ children }: { readonly children: ReactNode }) {
  return <div className={css['stack']}>{children}</div>;
}
export function Row({ children }: { readonly children: ReactNode }) {
  return <div className={css['row']}>{children}</div>;
}

/** A form that never leaves the page. */
export function Form({ children, label, onSubmit }: { readonly children: ReactNode; readonly label: string; readonly onSubmit: () => void }) {
  return (
    <form
      aria-label={label}
      className={css['stack']}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}

/** A modal dialog; Escape and the cross close it. */
export function Dialog({ title, children, onClose }: { readonly title: string; readonly children: ReactNode; readonly onClose: () => void }) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal?.();
    return () => dialog?.close?.();
  }, []);
  return (
    <dialog
      ref={ref}
      className={css['dialog']}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (event.target === event.currentTarget) onClose(); // not of one above it
      }}
    >
      <div className={css['dialogHead']}>
        <h2 id={id}>{title}</h2>
        <IconButton icon="close" label={t('close')} onPress={onClose} />
      </div>
      {children}
    </dialog>
  );
}

export function Avatar({ name, hue, size = 'normal', group = false }: { readonly name: string; readonly hue: bigint; readonly size?: 'normal' | 'small' | 'large'; readonly group?: boolean }) {
  const initials = [...name.replace(/[^\p{L}\p{N} ]/gu, '').trim()].length > 0 ? initialsOf(name) : '#';
  const classes = [css['avatar'], css[`hue${hueOf(hue)}`], size === 'normal' ? '' : css[size]];
  return (
    <span className={classes.join(' ')} aria-hidden="true">
      {group ? <Icon name="group" size={size === 'small' ? 18 : 24} /> : initials}
    </span>
  );
}

const initialsOf = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N} ]/gu, '')
    .trim()
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? '')
    .join('');

/** One of eight, the same for the same id. */
export const hueOf = (id: bigint): number => Number(BigInt.asUintN(64, id * 0x9e3779b97f4a7c15n) >> 61n);
