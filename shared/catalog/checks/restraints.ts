/** What keeps stages from running, where it concerns more than one of them. */

import { type Path, pathText } from '../../faults/catalog-error.ts';
import type { Context } from './check-context.ts';

/** A name in two spellings would be two locks, and keep nothing from running together. */
export function checkExclusive({ data, at, fault }: Context): void {
  const first = new Map<string, { name: string; path: Path }>();
  for (const stage of data.pipelines.flatMap(({ stages }) => stages)) {
    const given = [
      { names: stage.exclusive, path: at(stage, 'exclusive') },
      ...stage.overrides.map(({ exclusive = [] }, index) => {
        return { names: exclusive, path: at(stage, 'overrides', index, 'exclusive') };
      }),
    ];
    for (const { names, path } of given) {
      for (const [index, name] of names.entries()) {
        const own = { name, path: [...path, index] };
        const other = first.get(name.toLowerCase()) ?? own;
        first.set(name.toLowerCase(), other);
        if (other.name === name) continue;
        fault(
          own.path,
          `"${name}" is "${other.name}" in ${pathText(other.path)}; write it the same`,
        );
      }
    }
  }
}

/** Only procedures take turns at a server. */
export function checkAtOnce({ data, complete, at, fault }: Context): void {
  if (!complete) return;
  for (const server of data.servers) {
    if (server.stagesAtOnce === 1) continue;
    if (data.databases.some((database) => database.server === server.id)) continue;
    fault(at(server, 'stagesAtOnce'), `given for a server without a database; leave it out`);
  }
}
