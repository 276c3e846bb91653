import { describe, expect, it } from 'vitest';
import { renderErrorDocs, type ErrorRow } from '#scripts/generate/error-docs.ts';

const aRow = (over: Partial<ErrorRow> = {}): ErrorRow => ({
  code: 'DISK_FULL',
  retry: 'later',
  what: 'The disk is full.',
  unchanged: 'All is kept.',
  next: 'Free some room.',
  ...over,
});

describe('renderErrorDocs', () => {
  it('lists the codes in order, whatever order they come in', () => {
    const page = renderErrorDocs([aRow(), aRow({ code: 'AUDIT_LOST' })]);

    expect(page.match(/^## .+$/gm)).toEqual(['## AUDIT_LOST', '## DISK_FULL']);
  });

  it('marks a retired code, which stays listed', () => {
    expect(renderErrorDocs([aRow({ retired: true })])).toContain('## DISK_FULL (retired)');
  });

  it('says what happened, what is unchanged and what to do next', () => {
    const page = renderErrorDocs([aRow()]);

    for (const part of ['The disk is full.', '- Unchanged: All is kept.', '- Next: Free some room.'])
      expect(page).toContain(part);
  });
});
