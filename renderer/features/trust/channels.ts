import type { Channel } from '#contracts/bundle.ts';

/** The channels of a site in the order in which the screen shows them: what runs at the line first. */
export const CHANNELS: readonly Channel[] = ['production', 'staging'];
