/** FreeTDS, the second client for the SQL Server stand-in: Debian's package freetds-bin. */

import { spawnSync } from 'node:child_process';

/** For the tests that need it: false, or why they are left out. */
export const noFreeTds = spawnSync('tsql', ['-C']).error
  ? 'tsql (freetds-bin) is not installed'
  : false;
