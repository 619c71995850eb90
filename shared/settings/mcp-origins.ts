/** Pages of browsers that may call `/mcp`. */

import { show } from '../faults/show.ts';
import { isLoopback } from './keyword-text.ts';
import type { Read, Report } from './settings-error.ts';

/** Origins with commas between them; none unless given: programs send none. */
export function parseMcpOrigins(read: Read, report: Report): readonly string[] {
  const texts = (read('MCP_ORIGINS') ?? '').split(',').map((text) => text.trim());
  const given = texts.filter((text) => text !== '');
  for (const text of given) {
    if (isOrigin(text)) continue;
    report(
      'MCP_ORIGINS',
      `must be origins such as https://inspector.example, with commas between them and nothing behind the host: ${show(text)} is none`,
    );
  }
  return given.filter(isOrigin);
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol, hostname } = new URL(text);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  return isSafe && origin === text;
}
