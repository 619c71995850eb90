/** The CLI in this process: what it writes, and its exit code. */

import type { ExitCode } from '../../cli/exit-codes.ts';
import { run } from '../../cli/run.ts';
import { soon } from '../support/storage.ts';

export interface Told {
  code: ExitCode;
  out: string;
  err: string;
}

export async function cli(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  folder = process.cwd(),
): Promise<Told> {
  const out: string[] = [];
  const err: string[] = [];
  const surroundings = {
    environment,
    folder,
    write: (line: string) => out.push(line),
    signal: soon(),
  };
  const code = await run(args, surroundings, (text) => err.push(text));
  return { code, out: out.join('\n'), err: err.join('\n') };
}
