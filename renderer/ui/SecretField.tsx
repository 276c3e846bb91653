import { IxInput } from '@siemens/ix-react';

interface SecretFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly help?: string;
}

/** A passphrase: not shown while it is typed. */
export function SecretField({ label, value, onChange, help }: SecretFieldProps) {
  return (
    <IxInput
      type="password"
      label={label}
      value={value}
      required
      {...(help === undefined ? {} : { helperText: help })}
      onValueChange={(event) => onChange(event.detail.slice(0, 1024))}
    />
  );
}
