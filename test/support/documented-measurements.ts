/** The table of measurements in docs/telemetry.md. */

import { readFile } from 'node:fs/promises';

export interface DocumentedMeasurement {
  kind: string;
  /** Attributes, with their values where the table lists them. */
  by: Map<string, readonly string[]>;
}

/** By name. */
export async function documentedMeasurements(): Promise<Map<string, DocumentedMeasurement>> {
  const page = await readFile(new URL('../../docs/telemetry.md', import.meta.url), 'utf8');
  const table = page.split(/^## Measurements$/m)[1]?.split(/^## /m)[0] ?? '';
  const rows = table.matchAll(/^\| `([\w.]+)` \| (\w+) \| (.*?) \|/gm);
  return new Map(
    [...rows].map(([, name = '', kind = '', by = '']) => [name, { kind, by: attributesOf(by) }]),
  );
}

/** Of "`pool`, `state`: `used`, `waiting`; `place`". */
function attributesOf(text: string): DocumentedMeasurement['by'] {
  return new Map(
    text.split(';').flatMap((part) => {
      const [names = '', values = ''] = part.split(':').map((side) => quoted(side));
      const own = names === '' ? [] : names;
      return own.map((name, index) => [name, index === own.length - 1 ? [...values] : []] as const);
    }),
  );
}

const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, one = '']) => one);
