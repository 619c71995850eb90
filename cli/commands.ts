import { catalogCheck } from './catalog/check.ts';
import type { CliCommand } from './command.ts';

/** All there are. */
export const commands: readonly CliCommand[] = [catalogCheck];
