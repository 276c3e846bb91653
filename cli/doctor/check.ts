/** One thing that Gantry uses, and what this machine has of it. */
export interface Check {
  readonly id: string;
  /** `good`: as it should be. `limited`: something optional is not there. `bad`: work that was acknowledged as possible will fail. */
  readonly state: 'good' | 'limited' | 'bad';
  readonly found: string;
  readonly usedFor: string;
  readonly next?: string;
}
