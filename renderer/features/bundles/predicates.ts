/** Statement types that have a name of their own here; any other is shown by its type alone. */
export const PREDICATES: Readonly<Record<string, 'signature' | 'provenance' | 'sbom' | 'summary'>> = {
  'https://sigstore.dev/cosign/sign/v1': 'signature',
  'https://slsa.dev/provenance/v1': 'provenance',
  'https://cyclonedx.org/bom': 'sbom',
  'https://slsa.dev/verification_summary/v1': 'summary',
};
