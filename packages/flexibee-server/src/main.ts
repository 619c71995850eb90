/**
 * The FlexiBee stand-in with the demo company, as a process of its own:
 * `node packages/flexibee-server/src/main.ts [--directory .local/flexibee]`.
 *
 * Settings: FLEXIBEE_PORT (5434), FLEXIBEE_CONTROL_PORT (5435). Account winstrom, password
 * winstrom.
 */

import { portSetting, runStandIn } from 'stand-in-kit';
import { startFlexibee } from './server.ts';

const port = portSetting('FLEXIBEE_PORT', 5434);
const controlPort = portSetting('FLEXIBEE_CONTROL_PORT', 5435);

await runStandIn('FlexiBee', 'flexibee', (directory) =>
  startFlexibee({ port, controlPort, directory }),
);
