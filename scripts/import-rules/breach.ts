/** One broken rule, at the line of the import that breaks it. */
export interface Breach {
  readonly rule:
    | 'zone'
    | 'type-only'
    | 'npm'
    | 'node'
    | 'face'
    | 'missing'
    | 'order'
    | 'cycle'
    | 'reach'
    | 'dev-package'
    | 'nothing-read'
    | 'no-zone';
  readonly at: string;
  readonly message: string;
}
