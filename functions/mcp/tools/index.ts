/** Every tool, in the order in which they are listed. */

import type { Tool } from '../tool.ts';
import { dynsqlTools } from './dynsql.ts';
import { overviewTools } from './overview.ts';
import { runTools } from './runs.ts';
import { sourceTools } from './sources.ts';
import { startingTools } from './starting.ts';

export const tools: readonly Tool[] = [
  ...overviewTools,
  ...sourceTools,
  ...startingTools,
  ...runTools,
  ...dynsqlTools,
];
