import { once } from 'node:events';
import { outliveReader } from '../shared/command-line/command-line.ts';
import { exitCodes } from './exit-codes.ts';
import { run } from './run.ts';
import { terminalOf } from './terminal/terminal.ts';

outliveReader();
const stop = new AbortController();
process.once('SIGINT', () => stop.abort(new Error('interrupted')));
let isLost = false;
// Whoever reads the answer has gone, as `| head` does: nobody waits for the rest. A disk that is
// full has lost it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  stop.abort(new Error('nobody reads the answer'));
  if (error.code === 'EPIPE') return;
  if (!isLost) console.error(`the answer cannot be written: ${error.message}`);
  isLost = true;
  process.exitCode = exitCodes.failed;
});
const exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  folder: process.cwd(),
  write: (line) => console.log(line),
  complain: (text) => console.error(text),
  send: async (piece) => {
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain', { signal: stop.signal });
  },
  terminal: terminalOf(process.stdout, process.env),
  signal: stop.signal,
});
process.exitCode = isLost ? exitCodes.failed : exitCode;
