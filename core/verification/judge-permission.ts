import type { Channel, LineContract } from '#contracts/bundle.ts';
import type { ChannelPolicy, ContractRow, Fact, Signer } from '#contracts/verdict.ts';
import { toIsoUtc, type Finding, type Instant } from '#core/base/index.ts';
import { findingOf, type Heading, type LoadedBundle } from '#core/bundle/index.ts';
import type { ClockJudgement, ClockState } from '#core/trusted-time/index.ts';
import { compareToLine, sentencesOf } from './compare-contract.ts';
import { fact } from './facts.ts';

export interface PermissionQuestion {
  readonly heading: Heading | null;
  readonly bundle: LoadedBundle | null;
  readonly channel: Channel;
  readonly signer: Signer | null;
  /** For which channels the site lets the signer sign. */
  readonly signerChannels: readonly Channel[];
  readonly policy: ChannelPolicy;
  readonly lineContract: LineContract | null;
  /** The highest sequence that was accepted for this model; null when there is none. */
  readonly sequenceFloor: number | null;
  /** Two people allowed to go back to exactly this bundle. */
  readonly mayGoBack: boolean;
  readonly now: Instant;
  /** Null where no signed times are kept to judge the clock by. */
  readonly clock: ClockJudgement | null;
}

interface Judgement {
  readonly facts: readonly Fact[];
  readonly findings: readonly Finding[];
  /** Every field that was compared with the line. */
  readonly contract?: readonly ContractRow[];
}

/** Whether this site wants this bundle here and now: a question apart from who made it and whether it is whole. */
export function judgePermission(question: PermissionQuestion): Judgement {
  const parts = [
    judgeSigner(question),
    judgeRuntimes(question),
    judgeLine(question),
    judgeSequence(question),
    judgeAge(question),
    judgeClockFact(question),
  ];
  const contract = parts.find((part) => part.contract !== undefined)?.contract;
  return {
    facts: parts.flatMap((part) => part.facts),
    findings: parts.flatMap((part) => part.findings),
    ...(contract === undefined ? {} : { contract }),
  };
}

function judgeSigner({ signer, signerChannels, channel }: PermissionQuestion): Judgement {
  const may = signer !== null && signerChannels.includes(channel);
  const scope = signerChannels.join(' and ');
  const detail =
    signer === null
      ? 'The signer is not known.'
      : `The ${signer.kind} ${signer.name} may sign for ${scope}; the channel is ${channel}.`;
  return {
    facts: [fact('SIGNER_MAY_RELEASE', { established: may, subject: channel, detail })],
    findings:
      signer !== null && !may
        ? [findingOf('SIGNER_CHANNEL_WRONG', channel, `${signer.name} may sign for ${scope} only.`)]
        : [],
  };
}

function judgeRuntimes({ bundle, policy }: PermissionQuestion): Judgement {
  if (bundle === null)
    return {
      facts: [
        fact('RUNTIMES_ALLOWED', {
          established: false,
          subject: 'variants',
          detail: 'The variants could not be read.',
        }),
      ],
      findings: [],
    };
  const refused = bundle.variants.filter((variant) => !policy.runtimes.includes(variant.target.runtime));
  return {
    facts: [
      fact('RUNTIMES_ALLOWED', {
        established: refused.length === 0,
        subject: 'variants',
        detail: `The policy allows ${policy.runtimes.join(', ')}.`,
      }),
    ],
    findings: refused.map((variant) => findingOf('RUNTIME_NOT_ALLOWED', variant.target.id, variant.target.runtime)),
  };
}

function judgeLine({ bundle, lineContract }: PermissionQuestion): Judgement {
  if (lineContract === null || bundle === null) {
    const detail =
      bundle === null
        ? 'The contract could not be read.'
        : 'No line uses this model yet, so there is nothing to compare with.';
    const content = { established: false, demanded: bundle === null, subject: 'contract', detail };
    return { facts: [fact('LINE_FITS', content)], findings: [] };
  }
  const rows = compareToLine(bundle.contract, lineContract);
  const differences = rows.filter((row) => !row.fits);
  return {
    contract: rows,
    facts: [
      fact('LINE_FITS', {
        established: differences.length === 0,
        subject: 'contract',
        detail:
          differences.length === 0
            ? 'Names, order, types, shapes, units and preparation agree.'
            : `${String(differences.length)} of ${String(rows.length)} fields differ.`,
      }),
    ],
    findings: lineFindings(rows),
  };
}

/** What does not fit the line, a sentence each. */
export function lineFindings(rows: readonly ContractRow[]): Finding[] {
  return sentencesOf(rows)
    .slice(0, MOST_DIFFERENCES)
    .map((difference) => findingOf('CONTRACT_MISMATCH', 'contract', `${difference}.`));
}

/** Findings are for reading; the whole comparison is in the verdict. */
const MOST_DIFFERENCES = 20;

function judgeSequence({ heading, sequenceFloor, mayGoBack }: PermissionQuestion): Judgement {
  const sequence = heading?.sequence ?? null;
  const forward = sequence !== null && (sequenceFloor === null || sequence >= sequenceFloor);
  const detail =
    sequenceFloor === null
      ? 'This site has accepted no version of this model yet.'
      : `The highest accepted sequence is ${String(sequenceFloor)}.`;
  return {
    facts: [
      fact('SEQUENCE_FORWARD', {
        established: forward,
        demanded: !mayGoBack,
        subject: `sequence ${String(sequence ?? 'unknown')}`,
        detail,
      }),
    ],
    findings:
      sequence !== null && !forward
        ? [
            findingOf(
              'SEQUENCE_TOO_OLD',
              'sequence',
              `${String(sequenceFloor)} is accepted, this is ${String(sequence)}.${mayGoBack ? ' Two people approved going back to exactly this bundle.' : ''}`,
              mayGoBack ? 'warn' : 'block',
            ),
          ]
        : [],
  };
}

const CLOCK_SENTENCES: Readonly<Record<ClockState, string>> = {
  plausible: 'The clock agrees with the newest signed time that this site has seen.',
  unproven: 'No signed time has been seen yet, so nothing proves the clock.',
  behind: 'The clock is before a signed time that has passed. Ages are counted from that time.',
  'far-ahead': 'The clock is more than 400 days after the newest signed time. Ages may be too large.',
};

/** Whether the clock can be right. It refuses nothing by itself: a wrong clock must not lock a plant out, and never widens anything. */
function judgeClockFact({ clock }: PermissionQuestion): Judgement {
  if (clock === null) return { facts: [], findings: [] };
  const established = clock.state === 'plausible';
  const subject = clock.floor === null ? 'no signed time' : toIsoUtc(clock.floor.at);
  const ageSeconds = clock.floor === null ? null : Math.max(0, Math.round((clock.now - clock.floor.at) / 1000));
  const detail = CLOCK_SENTENCES[clock.state];
  return {
    facts: [fact('CLOCK_PLAUSIBLE', { established, demanded: false, subject, detail, ageSeconds })],
    findings: [],
  };
}

const DAY_SECONDS = 86_400;

/** A bundle from the future is not too old: a plant clock may be wrong by years, and only the floor of trusted time could say so. */
function judgeAge({ heading, policy, now }: PermissionQuestion): Judgement {
  const ageSeconds = heading === null ? null : Math.max(0, Math.round((now - Date.parse(heading.createdAt)) / 1000));
  const limit = policy.maxAgeDays;
  const tooOld = ageSeconds !== null && limit !== null && ageSeconds > limit * DAY_SECONDS;
  return {
    facts: [
      fact('AGE_ALLOWED', {
        established: ageSeconds !== null && !tooOld,
        subject: heading?.createdAt ?? 'unknown',
        detail: limit === null ? 'The policy has no age limit.' : `The policy allows ${String(limit)} days.`,
        ageSeconds,
      }),
    ],
    findings: tooOld
      ? [findingOf('BUNDLE_TOO_OLD', 'age', `${String(Math.floor(ageSeconds / DAY_SECONDS))} days.`)]
      : [],
  };
}
