/** Where a shortcut works: everywhere, or on one screen. */
export type ShortcutScope = 'global' | 'fleet' | 'review';

/** One way to press it. `code` is the key's position, the same on every layout; `key` is the character, where that matters. */
export interface KeyStroke {
  readonly code?: string;
  readonly key?: string;
  readonly ctrl?: boolean;
  /** Compared for positions only: a character already contains its shift. */
  readonly shift?: boolean;
  readonly shown: string;
}

interface ShortcutEntry {
  readonly scope: ShortcutScope;
  readonly strokes: readonly KeyStroke[];
  readonly label:
    | 'manual'
    | 'help'
    | 'fleetFilter'
    | 'reviewClass'
    | 'reviewNew'
    | 'reviewDelete'
    | 'reviewUndo'
    | 'reviewAccept'
    | 'reviewReject'
    | 'reviewPrevious'
    | 'reviewNext'
    | 'reviewCancel'
    | 'reviewPlace'
    | 'reviewCycle'
    | 'reviewMove'
    | 'reviewSize';
  readonly number?: number;
  /** It writes nothing, so it also works in a field and above a dialog. */
  readonly whileTyping?: true;
}

const classEntry = (number: number): ShortcutEntry => ({
  scope: 'review',
  label: 'reviewClass',
  number,
  strokes: [
    { code: `Digit${number}`, shown: String(number) },
    { code: `Numpad${number}`, shown: `Num ${number}` },
  ],
});

const arrow = (way: string, sign: string, shift = false): ShortcutEntry => ({
  scope: 'review',
  label: shift ? 'reviewSize' : 'reviewMove',
  strokes: [{ code: `Arrow${way}`, shift, shown: shift ? `Shift+${sign}` : sign }],
});

/** The one table: handlers, the sheet and the tests read it; a shortcut that is not here does not exist. */
const SHORTCUTS = {
  manual: { scope: 'global', label: 'manual', strokes: [{ code: 'F1', shown: 'F1' }], whileTyping: true },
  help: { scope: 'global', label: 'help', strokes: [{ key: '?', shown: '?' }] },
  fleetFilter: { scope: 'fleet', label: 'fleetFilter', strokes: [{ key: '/', shown: '/' }] },
  class1: classEntry(1),
  class2: classEntry(2),
  class3: classEntry(3),
  class4: classEntry(4),
  class5: classEntry(5),
  class6: classEntry(6),
  class7: classEntry(7),
  class8: classEntry(8),
  class9: classEntry(9),
  reviewNew: { scope: 'review', label: 'reviewNew', strokes: [{ code: 'KeyN', shown: 'N' }] },
  reviewDelete: {
    scope: 'review',
    label: 'reviewDelete',
    strokes: [
      { code: 'Delete', shown: 'Del' },
      { code: 'Backspace', shown: '⌫' },
    ],
  },
  reviewUndo: { scope: 'review', label: 'reviewUndo', strokes: [{ code: 'KeyZ', ctrl: true, shown: 'Ctrl+Z' }] },
  reviewAccept: { scope: 'review', label: 'reviewAccept', strokes: [{ code: 'Space', shown: 'Space' }] },
  reviewReject: { scope: 'review', label: 'reviewReject', strokes: [{ code: 'KeyX', shown: 'X' }] },
  reviewPrevious: { scope: 'review', label: 'reviewPrevious', strokes: [{ code: 'KeyA', shown: 'A' }] },
  reviewNext: { scope: 'review', label: 'reviewNext', strokes: [{ code: 'KeyD', shown: 'D' }] },
  reviewPlace: { scope: 'review', label: 'reviewPlace', strokes: [{ code: 'Enter', shown: 'Enter' }] },
  reviewCycle: { scope: 'review', label: 'reviewCycle', strokes: [{ code: 'KeyB', shown: 'B' }] },
  moveLeft: arrow('Left', '←'),
  moveRight: arrow('Right', '→'),
  moveUp: arrow('Up', '↑'),
  moveDown: arrow('Down', '↓'),
  sizeLeft: arrow('Left', '←', true),
  sizeRight: arrow('Right', '→', true),
  sizeUp: arrow('Up', '↑', true),
  sizeDown: arrow('Down', '↓', true),
  reviewCancel: { scope: 'review', label: 'reviewCancel', strokes: [{ code: 'Escape', shown: 'Esc' }] },
} as const satisfies Record<string, ShortcutEntry>;

export type ShortcutId = keyof typeof SHORTCUTS;

/** What the matcher reads of a keyboard event. */
export interface Pressed {
  readonly code: string;
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

function matches(stroke: KeyStroke, pressed: Pressed): boolean {
  if (pressed.altKey || (stroke.ctrl === true) !== (pressed.ctrlKey || pressed.metaKey)) return false;
  if (stroke.code === undefined) return stroke.key === pressed.key;
  return stroke.code === pressed.code && (stroke.shift ?? false) === pressed.shiftKey;
}

/** The shortcut of a scope (or a global one) that a key press means. */
export function shortcutFor(scope: ShortcutScope, pressed: Pressed): ShortcutId | undefined {
  return idsOf(scope).find((id) => SHORTCUTS[id].strokes.some((stroke) => matches(stroke, pressed)));
}

/** Whether a shortcut also works while a person types or a dialog is open. */
export function worksWhileTyping(id: ShortcutId): boolean {
  const entry: ShortcutEntry = SHORTCUTS[id];
  return entry.whileTyping === true;
}

function idsOf(scope: ShortcutScope): ShortcutId[] {
  const ids = Object.keys(SHORTCUTS).filter((id): id is ShortcutId => Object.hasOwn(SHORTCUTS, id));
  return ids.filter((id) => SHORTCUTS[id].scope === scope);
}

export interface SheetRow {
  readonly label: ShortcutEntry['label'];
  readonly number: number | undefined;
  readonly keys: readonly string[];
}

/** Rows of the sheet for one scope, in the table's order; the four arrows of one meaning share a row. */
export function sheetRows(scope: ShortcutScope): readonly SheetRow[] {
  const rows: SheetRow[] = [];
  for (const id of idsOf(scope)) {
    const entry: ShortcutEntry = SHORTCUTS[id];
    const keys = entry.strokes.map((stroke) => stroke.shown);
    const known = rows.findIndex((row) => row.label === entry.label && row.number === entry.number);
    const row = rows[known];
    if (row === undefined) rows.push({ label: entry.label, number: entry.number, keys });
    else rows[known] = { ...row, keys: [...row.keys, ...keys] };
  }
  return rows;
}

/** Pairs that claim the same key in the same place; a screen's key may not hide a global one. */
export function findClashes(): readonly (readonly [ShortcutId, ShortcutId])[] {
  const identity = (stroke: KeyStroke): string =>
    `${stroke.ctrl === true ? 'ctrl+' : ''}${stroke.shift === true ? 'shift+' : ''}${stroke.code ?? stroke.key ?? ''}`;
  const all = Object.keys(SHORTCUTS).filter((id): id is ShortcutId => Object.hasOwn(SHORTCUTS, id));
  const shared = (a: ShortcutId, b: ShortcutId): boolean => {
    const scopes: readonly ShortcutScope[] = [SHORTCUTS[a].scope, SHORTCUTS[b].scope];
    const meet = scopes[0] === scopes[1] || scopes.includes('global');
    return (
      meet &&
      SHORTCUTS[a].strokes.some((one) => SHORTCUTS[b].strokes.some((other) => identity(one) === identity(other)))
    );
  };
  return all.flatMap((a, index) =>
    all
      .slice(index + 1)
      .filter((b) => shared(a, b))
      .map((b) => [a, b] as const),
  );
}
