import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Icon } from './Icon.tsx';
import type { IconName } from './icons.ts';

interface LinkButtonProps {
  readonly to: string;
  readonly children: ReactNode;
  readonly icon?: IconName;
  readonly main?: boolean;
}

/** A link that looks like a button: it goes somewhere and changes nothing. */
export function LinkButton({ to, children, icon, main = false }: LinkButtonProps) {
  return (
    <Link href={to} className={main ? 'link-button link-button--main' : 'link-button'}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </Link>
  );
}
