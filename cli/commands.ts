import { acknowledge, acknowledgements, unacknowledge } from './app/acknowledgements.ts';
import { ages } from './app/ages.ts';
import { audit } from './app/audit.ts';
import { close, closures, open } from './app/closures.ts';
import {
  companies,
  companyDisable,
  companyEnable,
  companyPoll,
  companyReconcile,
  companyReset,
  companyShow,
} from './app/companies.ts';
import { events } from './app/events.ts';
import { health } from './app/health.ts';
import { overview } from './app/overview.ts';
import {
  scheduleOff,
  scheduleOn,
  scheduleRemove,
  scheduleSet,
  schedules,
  scheduleTimes,
} from './app/schedules.ts';
import { boardImport, boardOff, boardOn, boardRun, boardShow, boards } from './board/commands.ts';
import { boardValidate } from './board/validate.ts';
import { catalogAdd } from './catalog/add.ts';
import { catalogCheck } from './catalog/check.ts';
import { catalogDiff } from './catalog/diff.ts';
import { catalogSchemas } from './catalog/schema.ts';
import type { CliCommand } from './command.ts';
import { completionOf } from './completion.ts';
import { plan } from './plan.ts';
import { query } from './query/query.ts';
import { cancel, retry, run } from './run/commands.ts';
import { log } from './run/log.ts';
import { runs } from './run/runs.ts';
import { watch } from './run/watch.ts';

/** All there are. */
export const commands: readonly CliCommand[] = [
  overview,
  health,
  run,
  runs,
  watch,
  log,
  retry,
  cancel,
  boards,
  boardShow,
  boardOn,
  boardOff,
  boardRun,
  boardImport,
  boardValidate,
  schedules,
  scheduleTimes,
  scheduleSet,
  scheduleOn,
  scheduleOff,
  scheduleRemove,
  companies,
  companyShow,
  companyPoll,
  companyReconcile,
  companyReset,
  companyEnable,
  companyDisable,
  ages,
  closures,
  close,
  open,
  acknowledgements,
  acknowledge,
  unacknowledge,
  events,
  audit,
  query,
  plan,
  catalogCheck,
  catalogAdd,
  catalogDiff,
  catalogSchemas,
  completionOf(() => commands),
];
