import type { Fact, FactAspect } from '#contracts/verdict.ts';

/** Every statement that a verdict can make, and what to do where it is demanded and does not hold. Codes are stable: reports and scripts rely on them. */
const FACTS = {
  CONTENT_WHOLE: ['integrity', 'Use another copy of the bundle; if it repeats, ask the publisher to write it again.'],
  STRUCTURE_SAFE: ['integrity', 'Do not run this model anywhere; show the findings to the publisher.'],
  CONTRACT_FITS_MODEL: ['integrity', 'Ask the publisher for a bundle whose contract agrees with its model.'],
  PARTS_LISTED: ['integrity', 'Ask the publisher for a signed parts list that names the weights by digest.'],
  FILES_MAKE_BUNDLE: ['integrity', 'Ask the publisher to write the model folder and its signatures again.'],
  ANSWERS_PROVABLE: ['integrity', 'Ask the publisher for example inputs with their answers.'],
  NO_KNOWN_BAD_PARTS: ['permission', 'Ask the publisher for a version without the named parts.'],
  SIGNATURE_HOLDS: [
    'identity',
    'Ask the publisher for a signed bundle; do not trust it because of where the stick came from.',
  ],
  SIGNER_TRUSTED: [
    'identity',
    'Compare the signer with the publisher by phone; an administrator can trust it on the Trust screen.',
  ],
  SUMMARY_HOLDS: ['identity', 'Let the station verify the bundle again, so that it writes a new summary.'],
  CERTIFICATE_ISSUED: ['identity', 'Ask the publisher for a signature with a certificate.'],
  TRUSTED_ROOT_KNOWN: ['identity', 'Bring the trusted root by stick: Trust screen, or gantry trust update.'],
  SIGNATURE_LOGGED: ['identity', 'Ask the publisher for a signature with a proof of the transparency log.'],
  SIGNATURE_TIMESTAMPED: ['identity', 'Ask the publisher for a signature with a timestamp.'],
  BUILDER_KNOWN: [
    'identity',
    'Compare the builder with the publisher; an administrator can allow it on the Trust screen.',
  ],
  SOURCE_KNOWN: [
    'identity',
    'Compare the source with the publisher; an administrator can allow it on the Trust screen.',
  ],
  BUILD_TYPE_ALLOWED: ['identity', 'Ask the publisher how it was built; an administrator can allow the build type.'],
  BUILD_LEVEL_REACHED: ['identity', 'Ask the publisher for a build by a builder that has the demanded level.'],
  SIGNER_MAY_RELEASE: [
    'permission',
    'Ask the publisher to sign with a key or identity that may sign for this channel.',
  ],
  RUNTIMES_ALLOWED: [
    'permission',
    'Ask for a variant with an allowed runtime; an administrator can allow more in the policy.',
  ],
  LINE_FITS: ['permission', 'Compare the fields that differ with the line; ask the publisher for a bundle that fits.'],
  SEQUENCE_FORWARD: ['permission', 'Import a newer version; going back to this one needs two people.'],
  AGE_ALLOWED: ['permission', 'Ask the publisher for a newer version.'],
  CLOCK_PLAUSIBLE: ['permission', 'Compare the clock of this station with another one, and set it.'],
} as const satisfies Record<string, readonly [FactAspect, string]>;
export type FactCode = keyof typeof FACTS;

export interface FactContent {
  readonly established: boolean;
  /** Absent: it is asked for always. */
  readonly demanded?: boolean;
  readonly subject: string;
  readonly detail: string;
  readonly ageSeconds?: number | null;
}

export function fact(code: FactCode, content: FactContent): Fact {
  const [aspect, next] = FACTS[code];
  return {
    code,
    aspect,
    established: content.established,
    demanded: content.demanded ?? true,
    subject: content.subject,
    detail: content.detail,
    ageSeconds: content.ageSeconds ?? null,
    ...(content.established ? {} : { next }),
  };
}
