import { outliveReader } from '../shared/command-line/command-line.ts';
import { command } from './command.ts';

outliveReader();
const stop = new AbortController();
process.once('SIGINT', () => stop.abort(new Error('interrupted')));
try {
  process.exitCode = await command(
    process.argv.slice(2),
    process.env,
    (line) => console.log(line),
    stop.signal,
  );
} catch (error) {
  // The message alone: a stack says nothing to whoever installs.
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
