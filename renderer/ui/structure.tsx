import { useId, type ReactNode } from 'react';
import { Icon } from './Icon.tsx';
import type { IconName } from './icons.ts';

interface PageProps {
  readonly title: ReactNode;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** The page takes the height of the window and scrolls inside. */
  readonly fill?: boolean;
}

/** A screen: one heading, one sentence, its actions, its content. */
export function Page({ title, lead, actions, children, fill = false }: PageProps) {
  return (
    <div className={fill ? 'page page--fill' : 'page'}>
      <header className="page__head">
        <div>
          <h1>{title}</h1>
          {lead !== undefined && <p className="page__lead">{lead}</p>}
        </div>
        {actions !== undefined && <div className="page__actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface PanelProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly side?: ReactNode;
  readonly flush?: boolean;
  readonly className?: string;
}

/** A titled part of a screen, a landmark for screen readers. */
export function Panel({ title, children, side, flush = false, className = '' }: PanelProps) {
  const id = useId();
  return (
    <section className={`panel ${flush ? 'panel--flush' : ''} ${className}`} aria-labelledby={id}>
      <div className="panel__head">
        <h2 id={id}>{title}</h2>
        {side}
      </div>
      {children}
    </section>
  );
}

interface EmptyStateProps {
  readonly icon: IconName;
  readonly title: string;
  /** What to do first. */
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}

/** Nothing here yet, and what to do first. */
export function EmptyState({ icon, title, children, actions }: EmptyStateProps) {
  return (
    <section className="empty">
      <span className="empty__icon">
        <Icon name={icon} size="32" />
      </span>
      <h2>{title}</h2>
      <div className="soft">{children}</div>
      {actions !== undefined && <div className="row">{actions}</div>}
    </section>
  );
}

interface DefinitionProps {
  readonly rows: readonly { readonly term: string; readonly value: ReactNode }[];
}

/** Terms and their values. */
export function Definition({ rows }: DefinitionProps) {
  return (
    <dl className="definition">
      {rows.map(({ term, value }) => (
        <div key={term} style={{ display: 'contents' }}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface FigureProps {
  readonly label: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
}

/** One number with its name. */
export function Figure({ label, value, note }: FigureProps) {
  return (
    <div className="figure">
      <p className="figure__label">{label}</p>
      <p className="figure__value">{value}</p>
      {note !== undefined && <p className="figure__note">{note}</p>}
    </div>
  );
}
