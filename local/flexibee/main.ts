/**
 * The FlexiBee stand-in with the demo company, as a process of its own:
 * `node local/flexibee/main.ts [--directory .local/flexibee]`.
 *
 * Settings: FLEXIBEE_PORT (5434), FLEXIBEE_CONTROL_PORT (5435). Account winstrom, password
 * winstrom. Under IPC it sends `{ type: 'ready' }` when it listens, and ends when its owner does.
 */

import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startFlexibee } from './server.ts';

/** Past this the process ends without waiting for hooks that don't answer. */
const closeTimeoutMilliseconds = 1_500;

function port(name: string, fallback: number): number {
  const text = process.env[name];
  const value = text === undefined || text.trim() === '' ? fallback : Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new RangeError(`${name}: expected a whole number from 0 to 65535, got '${text}'`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { directory: { type: 'string', default: '.local/flexibee' } },
  });
  const ports = {
    port: port('FLEXIBEE_PORT', 5434),
    controlPort: port('FLEXIBEE_CONTROL_PORT', 5435),
  };
  await mkdir(values.directory, { recursive: true });
  const server = await startFlexibee({ ...ports, directory: values.directory });

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

  console.log(`FlexiBee stand-in listening on ${server.url}, control on ${server.controlPort}`);
  process.send?.({ type: 'ready', port: server.port, controlPort: server.controlPort });
}

await main();
