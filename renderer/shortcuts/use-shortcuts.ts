import { useEffect, useRef } from 'react';
import { create } from 'zustand';
import { shortcutFor, worksWhileTyping, type ShortcutId, type ShortcutScope } from './shortcut-table.ts';

interface ScopeStore {
  readonly scope: ShortcutScope;
  enter(scope: ShortcutScope): void;
}

/** Which screen's shortcuts the sheet shows. */
export const useShortcutScope = create<ScopeStore>((set) => ({ scope: 'global', enter: (scope) => set({ scope }) }));

const TYPING = 'input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]';

/** Keys belong to the field while a person types, and to the dialog while one is open. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  return (target instanceof Element && target.matches(TYPING)) || document.querySelector('dialog[open]') !== null;
}

/** Space and Enter on a focused control press that control and nothing else. */
function pressesControl(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  return (
    (event.code === 'Space' || event.code === 'Enter') &&
    target instanceof Element &&
    target.matches('button, a, summary, input, [role=button]')
  );
}

/** Handles the shortcuts of a scope while the component is mounted. */
export function useShortcuts(scope: ShortcutScope, handlers: Partial<Record<ShortcutId, () => void>>): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    if (scope !== 'global') useShortcutScope.getState().enter(scope);
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || pressesControl(event)) return;
      const id = shortcutFor(scope, event);
      if (id === undefined || (isTaken(event) && !worksWhileTyping(id))) return;
      const handler = latest.current[id];
      if (handler === undefined) return;
      event.preventDefault();
      handler();
    };
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
      if (scope !== 'global') useShortcutScope.getState().enter('global');
    };
  }, [scope]);
}
