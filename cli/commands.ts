import { boardImport, boardOff, boardOn, boardRun, boardShow, boards } from './board/commands.ts';
import { boardValidate } from './board/validate.ts';
import { catalogCheck } from './catalog/check.ts';
import { catalogDiff } from './catalog/diff.ts';
import { catalogSchemas } from './catalog/schema.ts';
import type { CliCommand } from './command.ts';
import { plan } from './plan.ts';

/** All there are. */
export const commands: readonly CliCommand[] = [
  boards,
  boardShow,
  boardOn,
  boardOff,
  boardRun,
  boardImport,
  boardValidate,
  catalogCheck,
  catalogDiff,
  catalogSchemas,
  plan,
];
