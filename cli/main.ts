import { once } from 'node:events';
import { outliveReader } from '../shared/command-line/command-line.ts';
import { run } from './run.ts';
import { terminalOf } from './terminal/terminal.ts';

outliveReader();
const stop = new AbortController();
process.once('SIGINT', () => stop.abort(new Error('interrupted')));
// Whoever reads the answer has gone, as `| head` does: nobody waits for the rest.
process.stdout.on('error', () => stop.abort(new Error('nobody reads the answer')));
process.exitCode = await run(process.argv.slice(2), {
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
