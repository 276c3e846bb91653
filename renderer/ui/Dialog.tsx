import { useEffect, useId, useRef, type ReactNode } from 'react';

interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  /** Buttons; the one that should have the focus first carries `data-initial-focus`. */
  readonly footer?: ReactNode;
  readonly onClose: () => void;
  readonly look?: 'normal' | 'danger' | 'drawer';
}

/**
 * A modal dialog on the platform's `<dialog>`: named, Esc closes, focus returns to the opener. iX's own dialog cannot be
 * named across its shadow boundary (ui.md 3.4), and level-2 confirmations need the focus in our hands.
 */
export function Dialog({ title, children, footer, onClose, look = 'normal' }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const opener = document.activeElement;
    const element = dialog.current;
    if (element !== null && !element.open) element.showModal();
    void focusFirst(element);
    return () => {
      element?.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`dialog dialog--${look}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="dialog__head">
        <h2 id={titleId}>{title}</h2>
      </div>
      <div className="dialog__body">{children}</div>
      {footer !== undefined && <div className="dialog__foot">{footer}</div>}
    </dialog>
  );
}

/** iX buttons are there before their shadow root is: the focus has to wait for it. */
async function focusFirst(dialog: HTMLDialogElement | null): Promise<void> {
  const wanted = dialog?.querySelector<HTMLElement>('[data-initial-focus] ix-button, [data-initial-focus]') ?? null;
  if (wanted === null) return;
  const inner = wanted.matches('ix-button') ? wanted : (wanted.querySelector<HTMLElement>('ix-button') ?? wanted);
  for (
    let frame = 0;
    frame < 30 && inner.matches('ix-button') && inner.shadowRoot?.querySelector('button') == null;
    frame += 1
  ) {
    await new Promise(requestAnimationFrame);
  }
  (inner.shadowRoot?.querySelector('button') ?? inner).focus();
}
