import { IxIcon } from '@siemens/ix-react';
import { iconData, type IconName } from './icons.ts';

interface IconProps {
  readonly name: IconName;
  readonly size?: '12' | '16' | '24' | '32';
  /** Give it only when the icon says something that no text beside it says. */
  readonly label?: string;
}

/** An iX icon; decorative unless it has a label. */
export function Icon({ name, size = '16', label }: IconProps) {
  if (label === undefined) {
    return (
      <span className="icon" aria-hidden="true">
        <IxIcon name={iconData(name)} size={size} aria-hidden="true" />
      </span>
    );
  }
  return (
    <span className="icon">
      <IxIcon name={iconData(name)} size={size} role="img" aria-label={label} />
    </span>
  );
}
