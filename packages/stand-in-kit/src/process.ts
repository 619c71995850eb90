/** A stand-in as a process of its own, told by its owner when to end. */

import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';

/** Past this the process ends without waiting for what doesn't end: sessions, hooks, answers. */
const closeTimeoutMilliseconds = 1_500;

/** An environment variable, or the fallback. @throws RangeError naming it and `range` */
export function numberSetting(
  name: string,
  fallback: number,
  isValid: (value: number) => boolean,
  range: string,
): number {
  const text = process.env[name];
  const value = text === undefined || text.trim() === '' ? fallback : Number(text);
  if (isValid(value)) return value;
  throw new RangeError(`${name}: expected ${range}, got '${text}'`);
}

/** 0: any port that is free. @throws RangeError naming it */
export function portSetting(name: string, fallback: number): number {
  const isPort = (value: number) => Number.isInteger(value) && value >= 0 && value <= 65_535;
  return numberSetting(name, fallback, isPort, 'a whole number from 0 to 65535');
}

export interface Running {
  readonly port: number;
  /** Absent without one. */
  readonly controlPort?: number;
  close(): Promise<void>;
}

/**
 * Starts it over the folder of `--directory` (`.local/<folder>`), says so on the console and, with
 * an IPC channel, sends `{ type: 'ready', port, controlPort }`. SIGINT, SIGTERM and the end of the
 * channel close it and end the process, with 1 where closing fails or takes too long.
 *
 * @throws what `start` throws
 */
export async function runStandIn(
  product: string,
  folder: string,
  start: (directory: string) => Promise<Running>,
): Promise<void> {
  const { values } = parseArgs({
    options: { directory: { type: 'string', default: `.local/${folder}` } },
  });
  await mkdir(values.directory, { recursive: true });
  const server = await start(values.directory);
  const { port, controlPort } = server;

  // A terminal that has gone takes no words: no reason to break down.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  let closing = false;
  const end = () => {
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
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  process.on('disconnect', end);

  console.log(`${product} stand-in listening on 127.0.0.1:${port}, control on ${controlPort}`);
  process.send?.({ type: 'ready', port, controlPort });
}
