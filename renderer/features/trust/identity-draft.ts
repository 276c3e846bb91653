import type { Channel } from '#contracts/bundle.ts';
import type { FulcioExtensionName, TrustedIdentity } from '#contracts/verdict.ts';

/** What a certificate of a build states beside subject and issuer, most telling first. */
export const CERTIFICATE_FIELDS = [
  'sourceRepositoryUri',
  'sourceRepositoryRef',
  'buildSignerUri',
  'buildConfigUri',
  'buildTrigger',
  'runnerEnvironment',
] as const satisfies readonly FulcioExtensionName[];
type CertificateField = (typeof CERTIFICATE_FIELDS)[number];

/** An identity while it is typed. */
export interface IdentityDraft {
  readonly name: string;
  readonly subject: string;
  readonly issuer: string;
  readonly extensions: Readonly<Partial<Record<CertificateField, string>>>;
  readonly channels: readonly Channel[];
}

export const EMPTY_IDENTITY: IdentityDraft = {
  name: '',
  subject: '',
  issuer: '',
  extensions: {},
  channels: ['production'],
};

export type NewIdentity = Omit<TrustedIdentity, 'addedAt' | 'addedBy'>;

/** What was typed; a field that was left empty demands nothing. */
export function identityOf({ name, subject, issuer, extensions, channels }: IdentityDraft): NewIdentity {
  const demanded = CERTIFICATE_FIELDS.flatMap((field) => {
    const value = (extensions[field] ?? '').trim();
    return value === '' ? [] : [[field, value] as const];
  });
  return {
    name: name.trim(),
    subject: subject.trim(),
    issuer: issuer.trim(),
    extensions: Object.fromEntries(demanded),
    channels: [...channels],
  };
}

/** Why it cannot be looked at yet; null when it can. A pattern would never match anything: values are compared letter by letter. */
export function identityProblem(draft: IdentityDraft): 'incomplete' | 'pattern' | 'hidden' | null {
  const { name, subject, issuer, extensions, channels } = identityOf(draft);
  if (name === '' || subject === '' || issuer === '' || channels.length === 0) return 'incomplete';
  const values = [subject, issuer, ...Object.values(extensions)];
  if (values.some((value) => value.includes('*') || value.startsWith('^') || value.endsWith('$'))) return 'pattern';
  return values.some((value) => /[\s\p{Cc}\p{Cf}]/u.test(value)) ? 'hidden' : null;
}
