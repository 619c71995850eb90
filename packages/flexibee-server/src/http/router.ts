/** Which route answers a path; segments such as `:company` match anything. */

import { Refusal } from 'stand-in-kit';
import type { Instance } from '../instance.ts';
import type { Answer } from './answer.ts';
import type { Call } from './call.ts';

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

export interface Route {
  methods: readonly Method[];
  /** `c/:company/changes/status` */
  pattern: string;
  /** What requests are counted and faults are set by. */
  kind: string;
  /** True: the path may hold a filter. */
  filter?: boolean;
  /** False: for everybody. */
  login?: boolean;
  run(instance: Instance, call: Call): Answer | Promise<Answer>;
}

export interface Match {
  route: Route;
  parameters: Record<string, string>;
}

/**
 * The first route whose pattern fits the path; routes of that pattern share its methods.
 * @throws Refusal 404, 405
 */
export function findRoute(
  routes: readonly Route[],
  method: string,
  segments: readonly string[],
  filtered: boolean,
): Match {
  const fitting = routes.flatMap((route) => {
    const parameters = match(route, segments, filtered);
    return parameters ? [{ route, parameters }] : [];
  });
  const [first] = fitting;
  if (!first) throw new Refusal(404, `Stránka '/${segments.join('/')}' neexistuje`);
  const same = fitting.filter(({ route }) => route.pattern === first.route.pattern);
  const found = same.find(({ route }) => route.methods.includes(method as Method));
  if (found) return found;
  const allowed = same.flatMap(({ route }) => route.methods).join(', ');
  throw new Refusal(405, `Metoda ${method} není povolena`, { allow: allowed });
}

function match(route: Route, segments: readonly string[], filtered: boolean) {
  const parts = route.pattern.split('/');
  if (parts.length !== segments.length || (filtered && !route.filter)) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith(':')) parameters[part.slice(1)] = segment;
    else if (part !== segment) return undefined;
  }
  return parameters;
}
