/** The console of the host: one line each, filtered by the levels of host.json. */

import { stripVTControlCharacters } from 'node:util';
import type { RpcLogCategory, RpcLogLevel } from './worker/protocol.ts';

export type LogLevel = RpcLogLevel;

export const logLevels: readonly LogLevel[] = [
  'trace',
  'debug',
  'information',
  'warning',
  'error',
  'critical',
  'none',
];

/** As in the console of the real host, at a fixed width. */
const labels: Record<LogLevel, string> = {
  trace: 'TRACE',
  debug: 'DEBUG',
  information: 'INFO ',
  warning: 'WARN ',
  error: 'ERROR',
  critical: 'FATAL',
  none: 'NONE ',
};

/**
 * Of the lines that tell of HTTP requests, which somebody may want to see less of than of runs:
 * `"logging": {"logLevel": {"Host.Requests": "Warning"}}` in host.json.
 */
export const requestCategory = 'Host.Requests';

export interface RpcLogEntry {
  level: LogLevel;
  category: RpcLogCategory;
  message: string;
  functionName?: string;
  invocationId?: string;
}
export type RpcLog = (entry: RpcLogEntry) => void;

export interface Log {
  /** A line of the host itself; `functionName` and `invocationId` where it is about one. */
  host(
    level: LogLevel,
    message: string,
    about?: { name: string; invocationId?: string; category?: string },
  ): void;
  /** A line of the app or of its library, as it comes over the worker protocol. */
  rpc: RpcLog;
}

/**
 * @param levels minimum level by category prefix as in host.json's `logging.logLevel`; the longest
 *   prefix decides, `default` where none fits.
 */
export function createLog(write: (line: string) => void, levels: Record<string, LogLevel>): Log {
  const print = (level: LogLevel, category: string, source: string, message: string): void => {
    if (level === 'none') return;
    if (logLevels.indexOf(level) < logLevels.indexOf(minimumLevel(levels, category))) return;
    write(`${new Date().toISOString()} ${labels[level]} [${source}] ${oneLine(message)}`);
  };
  const source = (name: string, invocationId = ''): string =>
    [name, invocationId.slice(0, 8)].filter(Boolean).join(' ');
  return {
    host: (level, message, about) =>
      about
        ? print(
            level,
            about.category ?? `Function.${about.name}`,
            source(about.name, about.invocationId),
            message,
          )
        : print(level, 'Host', 'host', message),
    rpc: ({ level, category, message, functionName, invocationId }) => {
      if (!functionName) return print(level, 'Worker', 'worker', message);
      const suffix = category === 'user' ? '.User' : '';
      print(
        level,
        `Function.${functionName}${suffix}`,
        source(functionName, invocationId),
        message,
      );
    },
  };
}

function minimumLevel(levels: Record<string, LogLevel>, category: string): LogLevel {
  const prefixes = Object.keys(levels).filter((prefix) => category.startsWith(prefix));
  const longest = prefixes.sort((a, b) => b.length - a.length)[0];
  return levels[longest ?? 'default'] ?? 'information';
}

/** One line each is what makes the log searchable; a stack trace keeps its breaks as `\n`. */
function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .trimEnd()
    .replaceAll(/\r?\n|\r/g, '\\n');
}
