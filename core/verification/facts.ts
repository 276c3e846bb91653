import type { Fact, FactAspect } from '#contracts/verdict.ts';

/** Every statement that a verdict can make. Codes are stable: reports and scripts rely on them. */
const FACT_ASPECTS = {
  CONTENT_WHOLE: 'integrity',
  STRUCTURE_SAFE: 'integrity',
  CONTRACT_FITS_MODEL: 'integrity',
  PARTS_LISTED: 'integrity',
  FILES_MAKE_BUNDLE: 'integrity',
  ANSWERS_PROVABLE: 'integrity',
  NO_KNOWN_BAD_PARTS: 'permission',
  SIGNATURE_HOLDS: 'identity',
  SIGNER_TRUSTED: 'identity',
  SUMMARY_HOLDS: 'identity',
  CERTIFICATE_ISSUED: 'identity',
  TRUSTED_ROOT_KNOWN: 'identity',
  SIGNATURE_LOGGED: 'identity',
  SIGNATURE_TIMESTAMPED: 'identity',
  BUILDER_KNOWN: 'identity',
  SOURCE_KNOWN: 'identity',
  BUILD_TYPE_ALLOWED: 'identity',
  BUILD_LEVEL_REACHED: 'identity',
  SIGNER_MAY_RELEASE: 'permission',
  RUNTIMES_ALLOWED: 'permission',
  LINE_FITS: 'permission',
  SEQUENCE_FORWARD: 'permission',
  AGE_ALLOWED: 'permission',
  CLOCK_PLAUSIBLE: 'permission',
} as const satisfies Record<string, FactAspect>;
export type FactCode = keyof typeof FACT_ASPECTS;

export interface FactContent {
  readonly established: boolean;
  /** Absent: it is asked for always. */
  readonly demanded?: boolean;
  readonly subject: string;
  readonly detail: string;
  readonly ageSeconds?: number | null;
}

export function fact(code: FactCode, content: FactContent): Fact {
  return {
    code,
    aspect: FACT_ASPECTS[code],
    established: content.established,
    demanded: content.demanded ?? true,
    subject: content.subject,
    detail: content.detail,
    ageSeconds: content.ageSeconds ?? null,
  };
}
