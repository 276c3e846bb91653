import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Channel } from '#contracts/bundle.ts';
import { ChannelPolicy, type TrustedKey } from '#contracts/verdict.ts';
import { findingOf } from '#core/bundle/index.ts';
import { foreignOriginOf } from '#renderer/features/imports/foreign-origin.ts';
import { CHANNELS } from '#renderer/features/trust/channels.ts';
import { problemOfDraft } from '#renderer/features/trust/draft-problem.ts';
import { diffPolicy } from '#renderer/features/trust/policy-diff.ts';
import {
  draftOf,
  ENTRY_LENGTH_LIMIT,
  parseEntries,
  parseMaxAge,
  policyOf,
  withEntries,
} from '#renderer/features/trust/policy-draft.ts';
import { gapsOf, type KnownSigners } from '#renderer/features/trust/policy-gaps.ts';

const BUILDER = 'https://builder.example/train@v1';
const SOURCE = 'git+https://git.example/model';

function aPolicy(rules: Partial<ChannelPolicy> = {}): ChannelPolicy {
  return ChannelPolicy.parse(rules);
}

function aKey(channels: TrustedKey['channels']): TrustedKey {
  return { keyId: 'a'.repeat(64), name: 'Publisher', publicKeyPem: 'PEM', channels, addedAt: 0, addedBy: 'Eva' };
}

describe('parseEntries', () => {
  it('takes one entry a line and drops blanks around it, empty lines and repetitions', () => {
    const { entries, problems } = parseEntries(`  ${BUILDER}\r\n\n${SOURCE}\t\n${BUILDER}`);

    expect(entries).toEqual([BUILDER, SOURCE]);
    expect(problems).toEqual([]);
  });

  it.each([
    ['a space inside', `${BUILDER} ${SOURCE}`, 'space'],
    ['a no-break space inside', `${BUILDER}\u00a0x`, 'space'],
    ['a zero-width space', 'https://builder\u200b.example', 'hidden'],
    ['a change of writing direction', 'https://builder\u202e.example', 'hidden'],
    ['a control character', 'https://builder\u0007.example', 'hidden'],
    ['more than can be compared by eye', `https://${'b'.repeat(ENTRY_LENGTH_LIMIT)}`, 'long'],
  ])('refuses a line with %s and names it', (_what, line, problem) => {
    expect(parseEntries(`${BUILDER}\n${line}`)).toEqual({ entries: [BUILDER], problems: [{ line: 2, problem }] });
  });

  it('changes no letter of an entry', () => {
    fc.assert(
      fc.property(fc.array(fc.webUrl({ size: 'xsmall', withQueryParameters: true }), { maxLength: 4 }), (urls) => {
        expect(parseEntries(urls.join('\n')).entries).toEqual([...new Set(urls)]);
      }),
    );
  });

  it('gives no entry with a blank or an invisible character, whatever was pasted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseEntries(text).entries.filter((entry) => entry === '' || /[\s\p{C}\p{Z}]/u.test(entry))).toEqual([]);
      }),
    );
  });
});

describe('parseMaxAge', () => {
  it.each([
    ['', null],
    ['  ', null],
    ['365', 365],
    ['0.5', 0.5],
    ['0,5', 0.5],
    ['36500', 36_500],
  ])('reads "%s"', (text, days) => {
    expect(parseMaxAge(text)).toBe(days);
  });

  it.each(['0', '0.00', '-1', '36501', '1,000', '1e3', 'a year', 'NaN', 'Infinity'])('refuses "%s"', (text) => {
    expect(parseMaxAge(text)).toBeUndefined();
  });
});

describe('policyOf', () => {
  it('gives back the same policy when nothing was touched', () => {
    const policy = aPolicy({ builders: [BUILDER], maxAgeDays: 0.25, logThreshold: 2, timestampThreshold: 1 });

    expect(policyOf(draftOf(policy), policy)).toEqual(policy);
  });

  it('keeps what the form does not offer', () => {
    const before = aPolicy({ sourceRefs: ['refs/heads/main'], buildTypes: ['https://build.example/v1'] });

    const after = policyOf({ ...draftOf(before), builders: [BUILDER] }, before);

    expect(after).toEqual({ ...before, builders: [BUILDER] });
  });
});

describe('problemOfDraft', () => {
  const before = aPolicy({ builders: [BUILDER] });
  const draft = draftOf(before);

  it('wants a change', () => {
    expect(problemOfDraft(draft, before)).toBe('unchanged');
    expect(problemOfDraft({ ...draft, requireSbom: false }, before)).toBeNull();
  });

  it('never forgets what was typed and not added', () => {
    expect(problemOfDraft({ ...draft, requireSbom: false, newBuilders: BUILDER }, before)).toBe('pending-builder');
    expect(problemOfDraft({ ...draft, requireSbom: false, newSources: SOURCE }, before)).toBe('pending-source');
  });

  it('wants an age that can be read', () => {
    expect(problemOfDraft({ ...draft, maxAge: 'soon' }, before)).toBe('age');
  });
});

describe('diffPolicy', () => {
  it('tells by what signers are known, and how many witnesses are needed', () => {
    const changes = diffPolicy(aPolicy(), aPolicy({ material: 'identity', logThreshold: 1 }));

    expect(changes).toEqual([
      { kind: 'material', rule: 'material', before: 'key', after: 'identity', effect: 'both' },
      { kind: 'level', rule: 'logThreshold', before: 0, after: 1, effect: 'less' },
    ]);
  });

  it('finds nothing between a policy and itself in another order', () => {
    const before = aPolicy({ builders: [BUILDER, SOURCE] });

    expect(diffPolicy(before, aPolicy({ builders: [SOURCE, BUILDER] }))).toEqual([]);
  });

  it('tells what a list gains, loses and keeps', () => {
    const changes = diffPolicy(aPolicy({ builders: ['old', 'kept'] }), aPolicy({ builders: ['kept', 'new'] }));

    expect(changes).toEqual([
      { kind: 'list', rule: 'builders', added: ['new'], removed: ['old'], kept: ['kept'], effect: 'both' },
    ]);
  });

  it.each([
    ['a builder is added', {}, { builders: [BUILDER] }, 'more'],
    ['a source is removed', { sources: [SOURCE] }, {}, 'less'],
    [
      'a builder is added and provenance is not demanded',
      { requireProvenance: false },
      { requireProvenance: false, builders: [BUILDER] },
      'none',
    ],
    ['the parts list is no longer demanded', {}, { requireSbom: false }, 'more'],
    ['an age limit comes', {}, { maxAgeDays: 30 }, 'less'],
    ['an age limit goes', { maxAgeDays: 30 }, {}, 'more'],
    ['an age limit grows', { maxAgeDays: 30 }, { maxAgeDays: 60 }, 'more'],
    ['a runtime goes', {}, { runtimes: [] }, 'less'],
  ] as const)('says whether the channel accepts more or less when %s', (_what, before, after, effect) => {
    const changes = diffPolicy(aPolicy(before as Partial<ChannelPolicy>), aPolicy(after as Partial<ChannelPolicy>));

    expect(changes.map((change) => change.effect)).toEqual([effect]);
  });

  it('leads from before to after: what a list keeps and gains is what it is then', () => {
    const list = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'));
    fc.assert(
      fc.property(list, list, (before, after) => {
        const [change] = diffPolicy(aPolicy({ sources: before }), aPolicy({ sources: after }));
        const shown = change?.kind === 'list' ? withEntries(change.kept, change.added) : before;

        expect(new Set(shown)).toEqual(new Set(after));
      }),
    );
  });
});

const signers = (keys: ReturnType<typeof aKey>[]): KnownSigners => ({ keys, identities: [], hasTrustedRoot: false });

describe('gapsOf', () => {
  it('asks for identities and a root where the channel knows its signers so', () => {
    const policy = aPolicy({ requireProvenance: false, material: 'identity' });

    expect(gapsOf('staging', signers([aKey(['staging'])]), policy)).toEqual(['identity', 'root']);
    expect(
      gapsOf('staging', { keys: [], identities: [{ channels: ['staging'] }], hasTrustedRoot: true }, policy),
    ).toEqual([]);
  });

  it('names all that a fresh site lacks', () => {
    expect(gapsOf('production', signers([]), aPolicy())).toEqual(['key', 'builder', 'source']);
  });

  it('wants a key of the same channel', () => {
    const policy = aPolicy({ builders: [BUILDER], sources: [SOURCE] });

    expect(gapsOf('production', signers([aKey(['staging'])]), policy)).toEqual(['key']);
    expect(gapsOf('staging', signers([aKey(['staging'])]), policy)).toEqual([]);
  });

  it('misses no builder or source where provenance is not demanded', () => {
    expect(gapsOf('staging', signers([aKey(['staging'])]), aPolicy({ requireProvenance: false }))).toEqual([]);
  });

  it('closes a channel without a runtime', () => {
    expect(
      gapsOf('staging', signers([aKey(['staging'])]), aPolicy({ requireProvenance: false, runtimes: [] })),
    ).toEqual(['runtime']);
  });
});

describe('CHANNELS', () => {
  it('shows every channel there is', () => {
    expect([...CHANNELS].sort()).toEqual([...Channel.options].sort());
  });
});

describe('foreignOriginOf', () => {
  const known = (code: string, subject: string) =>
    ({ code, aspect: 'identity', established: false, demanded: true, subject, detail: '', ageSeconds: null }) as const;

  it('gives builder and source exactly as the bundle states them, however long', () => {
    const builder = `https://builder.example/${'b'.repeat(600)}`;
    const findings = [
      findingOf('PROVENANCE_BUILDER_UNTRUSTED', 'x', builder),
      findingOf('PROVENANCE_SOURCE_UNTRUSTED', 'x', SOURCE),
    ];

    const origin = foreignOriginOf({
      findings,
      facts: [known('BUILDER_KNOWN', builder), known('SOURCE_KNOWN', SOURCE)],
    });

    expect(origin).toEqual({ isSignerForeign: false, builder, source: SOURCE });
  });

  it('says when a source is not stated', () => {
    const findings = [findingOf('PROVENANCE_SOURCE_UNTRUSTED', 'x', 'No source is stated.')];

    const origin = foreignOriginOf({
      findings,
      facts: [known('BUILDER_KNOWN', BUILDER), known('SOURCE_KNOWN', 'unknown')],
    });

    expect(origin).toEqual({ isSignerForeign: false, source: null });
  });

  it('knows a foreign signer', () => {
    const findings = [findingOf('BUNDLE_SIGNER_UNTRUSTED', 'x')];

    expect(foreignOriginOf({ findings, facts: [] })).toEqual({ isSignerForeign: true });
  });

  it('points nowhere when a bundle is damaged, or origin is only remarked on', () => {
    const findings = [
      findingOf('BUNDLE_DIGEST_MISMATCH', 'x'),
      findingOf('PROVENANCE_BUILDER_UNTRUSTED', 'x', BUILDER, 'warn'),
    ];

    expect(foreignOriginOf({ findings, facts: [known('BUILDER_KNOWN', BUILDER)] })).toBeNull();
  });
});
