/** The CLI in this process: what it writes, and its exit code. */

import type { World } from '../../cli/command.ts';
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
  more: Partial<World> = {},
): Promise<Told> {
  const out: string[] = [];
  const err: string[] = [];
  let sent = '';
  const decoder = new TextDecoder();
  const code = await run(args, {
    // No file of whoever runs the tests counts.
    environment: { XDG_CONFIG_HOME: folder, ...environment },
    folder,
    write: (line) => out.push(line),
    complain: (text) => err.push(text),
    send: async (piece) => {
      sent += typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true });
    },
    ...more,
    signal: more.signal ?? soon(),
  });
  return { code, out: out.join('\n') + sent, err: err.join('\n') };
}
