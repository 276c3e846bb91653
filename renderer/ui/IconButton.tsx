import { IxIconButton } from '@siemens/ix-react';
import { iconData, type IconName } from './icons.ts';

interface IconButtonProps {
  readonly icon: IconName;
  /** Its accessible name; there is no icon button without one. */
  readonly label: string;
  readonly onPress: () => void;
  readonly disabled?: boolean;
  readonly expanded?: boolean;
}

/** A small round-the-edges action. */
export function IconButton({ icon, label, onPress, disabled = false, expanded }: IconButtonProps) {
  return (
    <IxIconButton
      icon={iconData(icon)}
      variant="subtle-tertiary"
      disabled={disabled}
      title={label}
      aria-label={label}
      {...(expanded === undefined ? {} : { 'aria-expanded': expanded })}
      onClick={onPress}
    />
  );
}
