import { create } from 'zustand';
import { useTranslation } from 'react-i18next';
import { IconButton } from './IconButton.tsx';
import { Notice, type NoticeTone } from './Notice.tsx';

interface Toast {
  readonly id: number;
  readonly tone: NoticeTone;
  readonly text: string;
}

interface ToastStore {
  readonly toasts: readonly Toast[];
  readonly nextId: number;
  show(tone: NoticeTone, text: string): void;
  close(id: number): void;
}

/** Short messages about what was just done. Failures also stay where they happened. */
export const useToasts = create<ToastStore>((set) => ({
  toasts: [],
  nextId: 1,
  // Four at most: more would cover the work.
  show: (tone, text) =>
    set(({ toasts, nextId }) => ({ toasts: [...toasts, { id: nextId, tone, text }].slice(-4), nextId: nextId + 1 })),
  close: (id) => set(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) })),
}));

/** The corner where short messages appear. */
export function ToastCorner() {
  const { t } = useTranslation();
  const { toasts, close } = useToasts();
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div className="toast" key={toast.id}>
          <Notice tone={toast.tone}>
            <div className="row row--spread">
              <span className="grow">{toast.text}</span>
              <IconButton icon="close" label={t('common.dismiss')} onPress={() => close(toast.id)} />
            </div>
          </Notice>
        </div>
      ))}
    </div>
  );
}
