import { IxButton } from '@siemens/ix-react';
import { useId, type ReactNode, type Ref } from 'react';
import { iconData, type IconName } from './icons.ts';

/** `danger-open` opens a confirmation; the loud red is kept for the button that really does it. */
export type ButtonLook = 'main' | 'normal' | 'quiet' | 'danger' | 'danger-open';

const VARIANTS = {
  main: 'primary',
  normal: 'secondary',
  quiet: 'tertiary',
  danger: 'danger-primary',
  'danger-open': 'danger-secondary',
} as const;

interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress?: () => void;
  readonly look?: ButtonLook;
  readonly icon?: IconName;
  readonly type?: 'button' | 'submit';
  readonly busy?: boolean;
  /** Why it cannot be pressed now; a reason disables it and is shown. */
  readonly blockedBy?: string | null;
  readonly ref?: Ref<HTMLElement>;
  readonly testId?: string;
}

/** A button whose verb names its effect. Disabled buttons say why. */
export function Button({
  children,
  onPress,
  look = 'normal',
  icon,
  type = 'button',
  busy = false,
  blockedBy = null,
  ref,
  testId,
}: ButtonProps) {
  const reasonId = useId();
  const isBlocked = blockedBy !== null;
  const button = (
    <IxButton
      ref={ref as Ref<HTMLIxButtonElement>}
      className={look === 'main' || look === 'danger' || look === 'danger-open' ? 'is-main' : ''}
      variant={VARIANTS[look]}
      type={type}
      loading={busy}
      disabled={isBlocked || busy}
      {...(icon === undefined ? {} : { icon: iconData(icon) })}
      {...(testId === undefined ? {} : { 'data-testid': testId })}
      {...(isBlocked ? { 'aria-describedby': reasonId } : {})}
      onClick={() => {
        if (!isBlocked && !busy) onPress?.();
      }}
    >
      {children}
    </IxButton>
  );
  if (!isBlocked || blockedBy === '') return button;
  return (
    <span className="button-with-reason">
      {button}
      <span className="reason" id={reasonId}>
        {blockedBy}
      </span>
    </span>
  );
}
