/**
 * The ABRA Gen stand-in with the connection `demodata`, as a process of its own:
 * `node packages/abra-gen-server/src/main.ts [--directory .local/abra-gen]`.
 *
 * Settings: ABRA_GEN_PORT (8699), ABRA_GEN_CONTROL_PORT (8698). User Supervisor, password
 * supervisor.
 */

import { portSetting, runStandIn } from 'stand-in-kit';
import { startAbraGen } from './server.ts';

const port = portSetting('ABRA_GEN_PORT', 8699);
const controlPort = portSetting('ABRA_GEN_CONTROL_PORT', 8698);

await runStandIn('ABRA Gen', 'abra-gen', (directory) =>
  startAbraGen({ port, controlPort, directory }),
);
