/** Looks at runs that many clients share. */

import { Looks } from '../async/looks.ts';
import type { SeenRun } from './run-store.ts';

export { sharedAgeMs } from '../async/looks.ts';

export const RunLooks = Looks<SeenRun>;
export type RunLooks = Looks<SeenRun>;
