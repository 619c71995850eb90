import { outliveReader } from '../shared/command-line/command-line.ts';
import { run } from './run.ts';

outliveReader();
const stop = new AbortController();
process.once('SIGINT', () => stop.abort(new Error('interrupted')));
process.exitCode = await run(
  process.argv.slice(2),
  {
    environment: process.env,
    folder: process.cwd(),
    write: (line) => console.log(line),
    signal: stop.signal,
  },
  (text) => console.error(text),
);
