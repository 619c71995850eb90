/** Whether the app is heard: what the page says of itself where it is not. */

import { signal } from '@preact/signals';

/** `starting` until the first answer; `lost` where nobody answers, or storage is away. */
export const connection = signal<'starting' | 'heard' | 'lost'>('starting');

/** Why the app turns the page away, in its own words; undefined where it is not heard at all. */
export const turnedAway = signal<string | undefined>(undefined);

/** When the next try comes, while it is lost: milliseconds since 1970. */
export const nextTry = signal<number | undefined>(undefined);
