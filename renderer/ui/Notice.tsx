import type { ReactNode } from 'react';
import { Icon } from './Icon.tsx';
import type { IconName } from './icons.ts';

export type NoticeTone = 'plain' | 'info' | 'warn' | 'bad' | 'good';

const MARKS: Readonly<Record<NoticeTone, IconName>> = {
  plain: 'info',
  info: 'info',
  warn: 'warning',
  bad: 'error',
  good: 'success',
};

interface NoticeProps {
  readonly tone: NoticeTone;
  readonly title?: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  /** Announced at once by screen readers. */
  readonly urgent?: boolean;
}

/** A calm strip that says something about the thing below or beside it. */
export function Notice({ tone, title, children, actions, urgent = false }: NoticeProps) {
  return (
    <div className={`notice notice--${tone}`} {...(urgent ? { role: 'alert' } : {})}>
      <span className="notice__mark">
        <Icon name={MARKS[tone]} size="24" />
      </span>
      <div className="notice__body">
        {title !== undefined && <p className="notice__title">{title}</p>}
        {children}
        {actions !== undefined && <div className="row">{actions}</div>}
      </div>
    </div>
  );
}
