/** What a plan leaves open until a run begins: who asked, its id, the day. */

import { dayIn, ofRun } from '../catalog/index.ts';
import type { Stage } from './run.ts';

export interface RunOrigin {
  user: string;
  id: string;
  /** When the run begins. */
  at: Date;
  /** The catalogue's: which day that is. */
  timeZone: string;
}

/** The stages with these values in their parameters. */
export function forRun(stages: readonly Stage[], { user, id, at, timeZone }: RunOrigin): Stage[] {
  const values = { user, id, day: dayIn(timeZone, at) };
  return stages.map((stage) => ({ ...stage, parameters: ofRun(stage.parameters, values) }));
}
