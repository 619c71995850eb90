import { readSettings } from 'functions-host';
import { outliveReader } from '../shared/command-line/command-line.ts';
import { runCommand } from './run-command.ts';

outliveReader();
const stop = new AbortController();
process.once('SIGINT', () => stop.abort(new Error('interrupted')));
try {
  process.exitCode = await runCommand(
    process.argv.slice(2),
    await readSettings(process.cwd(), process.env),
    (line) => console.log(line),
    stop.signal,
  );
} catch (error) {
  // The message alone: a stack says nothing to whoever writes T-SQL.
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
