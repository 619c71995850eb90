/** A process that takes the fence of a stage, says so, and keeps it: to be frozen. */

import { procedureRunner } from '../../shared/app/runners/procedure-runner.ts';
import { Databases } from '../../shared/database/databases.ts';
import { stage } from '../support/runs.ts';

const [, , connectionString = ''] = process.argv;
const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }], { size: 2 });
await procedureRunner(databases).open(
  stage('crude:a', 'ab'),
  'frozen-run',
  AbortSignal.timeout(60_000),
);
process.stdout.write('held');
setInterval(() => {}, 60_000);
