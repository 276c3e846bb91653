import { describe, expect, it } from 'vitest';
import { PREDICATE_TYPES } from '#contracts/bundle.ts';
import { ChannelPolicy } from '#contracts/verdict.ts';
import type { Json } from '#core/base/index.ts';
import type { AttestationsRead } from '#core/verification/attestations.ts';
import { judgeProvenance, type ProvenanceJudgement } from '#core/verification/judge-provenance.ts';

const BUILDER = 'https://builder.example/a';
const SOURCE = 'git+https://git.example/models';
const TYPE = 'https://builder.example/train/v1';
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const NOW = Date.parse('2026-03-01T12:00:00Z');

interface Said {
  readonly builder?: string;
  readonly source?: string;
  readonly buildType?: string;
  readonly revision?: string;
  readonly metadata?: Json;
}

const predicate = ({
  builder = BUILDER,
  source = SOURCE,
  buildType = TYPE,
  revision = COMMIT,
  metadata,
}: Said): Json => ({
  buildDefinition: {
    buildType,
    externalParameters: { source },
    resolvedDependencies: [{ uri: source, digest: { gitCommit: revision } }],
  },
  runDetails: { builder: { id: builder }, ...(metadata === undefined ? {} : { metadata }) },
});

function judge(policy: Partial<ChannelPolicy>, ...predicates: readonly Json[]): ProvenanceJudgement {
  const read: AttestationsRead = {
    statements: predicates.map((each) => ({
      signature: {
        ok: true,
        signer: { kind: 'key', id: 'k', name: 'Plant' },
        payloadType: 'application/vnd.in-toto+json',
        payload: new Uint8Array(),
        channels: ['production'],
        logEntries: 0,
        timestamps: 0,
        evidence: { log: '', time: '', signedAt: null, witnessed: [] },
        certificate: null,
      },
      predicateType: PREDICATE_TYPES.provenance,
      predicate: each,
    })),
    findings: [],
    isSignatureClaimed: true,
    unsigned: 0,
  };
  return judgeProvenance({
    digest: `sha256:${'a'.repeat(64)}`,
    read,
    now: NOW,
    policy: ChannelPolicy.parse({ builders: [BUILDER], sources: [SOURCE], ...policy }),
  });
}

const codes = (judgement: ProvenanceJudgement, severity = 'block'): string[] =>
  judgement.findings.filter((finding) => finding.severity === severity).map((finding) => finding.code);

describe('judgeProvenance', () => {
  describe('when one attestation is there', () => {
    it.each<[string, Partial<ChannelPolicy>, Said, string[]]>([
      ['everything is listed', {}, {}, []],
      ['the builder is another', {}, { builder: `${BUILDER}/` }, ['PROVENANCE_BUILDER_UNTRUSTED']],
      ['the source differs in case', {}, { source: SOURCE.toUpperCase() }, ['PROVENANCE_SOURCE_UNTRUSTED']],
      ['the source names a ref and none is demanded', {}, { source: `${SOURCE}@refs/heads/main` }, []],
      ['the ref is the demanded one', { sourceRefs: ['refs/heads/main'] }, { source: `${SOURCE}@refs/heads/main` }, []],
      [
        'the ref is another',
        { sourceRefs: ['refs/heads/main'] },
        { source: `${SOURCE}@refs/heads/main2` },
        ['PROVENANCE_REF_UNTRUSTED'],
      ],
      ['no ref is stated and one is demanded', { sourceRefs: ['refs/heads/main'] }, {}, ['PROVENANCE_REF_UNTRUSTED']],
      ['the revision is the demanded one', { sourceRevisions: [COMMIT] }, {}, []],
      ['the revision is another', { sourceRevisions: ['f'.repeat(40)] }, {}, ['PROVENANCE_REF_UNTRUSTED']],
      ['the build type is listed', { buildTypes: [TYPE] }, {}, []],
      ['the build type is not listed', { buildTypes: ['x:y'] }, {}, ['PROVENANCE_BUILD_TYPE_UNTRUSTED']],
      ['level 1 is demanded of a builder without level', { minimumSlsaLevel: 1 }, {}, []],
      ['level 2 is demanded of a builder without level', { minimumSlsaLevel: 2 }, {}, ['PROVENANCE_LEVEL_TOO_LOW']],
      ['the builder has the level', { minimumSlsaLevel: 3, builderLevels: { [BUILDER]: 3 } }, {}, []],
      [
        'a level is granted to a builder that is not listed',
        { minimumSlsaLevel: 3, builders: [], builderLevels: { [BUILDER]: 3 } },
        {},
        ['PROVENANCE_BUILDER_UNTRUSTED'],
      ],
      [
        'the build ends before it begins',
        {},
        { metadata: { startedOn: '2026-02-02T00:00:00Z', finishedOn: '2026-02-01T00:00:00Z' } },
        ['PROVENANCE_INVALID'],
      ],
    ])('judges that %s', (_what, policy, said, expected) => {
      expect(codes(judge(policy, predicate(said)))).toEqual(expected);
    });

    it('only warns where provenance is not required', () => {
      const judgement = judge({ requireProvenance: false }, predicate({ builder: 'https://else.example' }));

      expect(codes(judgement)).toEqual([]);
      expect(codes(judgement, 'warn')).toEqual(['PROVENANCE_BUILDER_UNTRUSTED']);
      expect(judgement.level).toBe(0);
    });

    it('refuses a dependency that names nothing', () => {
      const empty = {
        buildDefinition: { buildType: TYPE, externalParameters: {}, resolvedDependencies: [{}] },
        runDetails: { builder: { id: BUILDER } },
      };

      expect(codes(judge({}, empty))).toEqual(['PROVENANCE_INVALID']);
    });
  });

  describe('when several attestations are there', () => {
    it('takes the one that fulfils every rule and names what they contradict each other in', () => {
      const judgement = judge(
        { builderLevels: { [BUILDER]: 2 } },
        predicate({ builder: 'https://else.example' }),
        predicate({}),
      );

      expect(codes(judgement)).toEqual([]);
      expect(judgement.provenance?.builder).toBe(BUILDER);
      expect(judgement.level).toBe(2);
      expect(judgement.findings).toEqual([
        expect.objectContaining({
          code: 'PROVENANCE_CONTRADICTORY',
          severity: 'warn',
          message: expect.stringContaining('https://else.example') as string,
        }),
      ]);
    });

    it('does not put together one rule of each', () => {
      const judgement = judge(
        {},
        predicate({ builder: 'https://else.example' }),
        predicate({ source: 'git+https://else.example/x' }),
      );

      expect(codes(judgement)).toHaveLength(1);
    });

    it('tells of one that cannot be read', () => {
      const judgement = judge({}, predicate({}), { buildDefinition: 7 });

      expect(codes(judgement)).toEqual([]);
      expect(codes(judgement, 'warn')).toEqual(['PROVENANCE_INVALID']);
    });
  });
});
