import { IxInput, IxNumberInput, IxTextarea } from '@siemens/ix-react';
import { useId } from 'react';

interface FieldProps {
  readonly label: string;
  readonly help?: string;
  readonly required?: boolean;
  readonly disabled?: boolean;
}

interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  /** Cut here: iX would show a counter that nobody needs. */
  readonly maxLength?: number;
}

/** One line of text. */
export function TextField({
  label,
  value,
  onChange,
  help,
  placeholder,
  required = false,
  disabled = false,
  maxLength,
}: TextFieldProps) {
  return (
    <IxInput
      label={label}
      value={value}
      required={required}
      disabled={disabled}
      {...(help === undefined ? {} : { helperText: help })}
      {...(placeholder === undefined ? {} : { placeholder })}
      onValueChange={(event) => onChange(event.detail.slice(0, maxLength))}
    />
  );
}

/** Several lines of text. */
export function TextArea({
  label,
  value,
  onChange,
  help,
  required = false,
  disabled = false,
  maxLength,
}: TextFieldProps) {
  return (
    <IxTextarea
      label={label}
      value={value}
      required={required}
      disabled={disabled}
      textareaRows={3}
      resizeBehavior="vertical"
      textareaWidth="100%"
      {...(help === undefined ? {} : { helperText: help })}
      onValueChange={(event) => onChange(event.detail.slice(0, maxLength))}
    />
  );
}

interface NumberFieldProps extends FieldProps {
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
}

/** A number with its limits; the unit belongs in the label. */
export function NumberField({
  label,
  value,
  onChange,
  help,
  min,
  max,
  step,
  required = false,
  disabled = false,
}: NumberFieldProps) {
  return (
    <IxNumberInput
      label={label}
      value={value}
      required={required}
      disabled={disabled}
      {...(help === undefined ? {} : { helperText: help })}
      {...(min === undefined ? {} : { min })}
      {...(max === undefined ? {} : { max })}
      {...(step === undefined ? {} : { step })}
      onValueChange={(event) => {
        if (typeof event.detail === 'number' && Number.isFinite(event.detail)) onChange(event.detail);
      }}
    />
  );
}

interface SelectFieldProps<T extends string> extends FieldProps {
  readonly value: T | '';
  readonly options: readonly { readonly value: T; readonly label: string; readonly disabled?: boolean }[];
  readonly onChange: (value: T) => void;
  /** First row while nothing is chosen. */
  readonly prompt?: string;
}

/**
 * A native select: `ix-select` holds a focusable button inside an aria-hidden part, and the platform's own list is the
 * better one for touch and forced colours.
 */
export function SelectField<T extends string>({
  label,
  value,
  options,
  onChange,
  prompt,
  help,
  disabled = false,
}: SelectFieldProps<T>) {
  const id = useId();
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {label}
      </label>
      <select
        className="select"
        id={id}
        value={value}
        disabled={disabled}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value);
          if (chosen !== undefined) onChange(chosen.value);
        }}
      >
        {prompt !== undefined && (
          <option value="" disabled={value !== ''}>
            {prompt}
          </option>
        )}
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled === true}>
            {option.label}
          </option>
        ))}
      </select>
      {help !== undefined && <span className="field__help">{help}</span>}
    </div>
  );
}

interface CheckFieldProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
}

/** A yes or no, with the whole row as its target. */
export function CheckField({ label, checked, onChange, disabled = false }: CheckFieldProps) {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

interface ChoiceFieldProps<T extends string> {
  readonly legend: string;
  readonly name: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
}

/** A few choices side by side, one of them taken. */
export function ChoiceField<T extends string>({ legend, name, value, options, onChange }: ChoiceFieldProps<T>) {
  return (
    <fieldset className="plain">
      <legend>{legend}</legend>
      <div className="segmented">
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
