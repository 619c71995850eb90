/** How a command ends. See docs/cli.md. */
export const exitCodes = {
  ok: 0,
  /** It failed, or what was looked at has a fault. */
  failed: 1,
  usage: 2,
  /** A server is busy. */
  busy: 3,
  /** The app, or what was to be asked, does not answer. */
  unreachable: 4,
  /** By Ctrl-C, as shells have it. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command with a text for people. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
