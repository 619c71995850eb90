/**
 * The ABRA Gen stand-in with the connection `demodata`, as a process of its own:
 * `node local/abra-gen/main.ts [--directory .local/abra-gen]`.
 *
 * Settings: ABRA_GEN_PORT (8699), ABRA_GEN_CONTROL_PORT (8698). User Supervisor, password
 * supervisor. Under IPC it sends `{ type: 'ready' }` when it listens, and ends when its owner does.
 */

import { parseArgs } from 'node:util';
import { startAbraGen } from './server.ts';

/** Past this the process ends without waiting for answers that nobody takes. */
const closeTimeoutMilliseconds = 1_500;

function port(name: string, fallback: number): number {
  const text = process.env[name];
  const value = text === undefined || text.trim() === '' ? fallback : Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new RangeError(`${name}: expected a whole number from 0 to 65535, got '${text}'`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { directory: { type: 'string', default: '.local/abra-gen' } },
  });
  const server = await startAbraGen({
    port: port('ABRA_GEN_PORT', 8699),
    controlPort: port('ABRA_GEN_CONTROL_PORT', 8698),
    directory: values.directory,
  });

  let closing = false;
  const close = () => {
    if (closing) return;
    closing = true;
    setTimeout(() => process.exit(1), closeTimeoutMilliseconds).unref();
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', close);
  process.on('SIGTERM', close);
  process.on('disconnect', close);

  console.log(`ABRA Gen stand-in listening on ${server.url}, control on ${server.controlPort}`);
  process.send?.({ type: 'ready', port: server.port, controlPort: server.controlPort });
}

await main();
