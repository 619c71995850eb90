import { catalogCheck } from './catalog/check.ts';
import { catalogDiff } from './catalog/diff.ts';
import { catalogSchemas } from './catalog/schema.ts';
import type { CliCommand } from './command.ts';
import { plan } from './plan.ts';

/** All there are. */
export const commands: readonly CliCommand[] = [catalogCheck, catalogDiff, catalogSchemas, plan];
