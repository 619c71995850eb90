import type { Companies } from '../companies.ts';
import { checkPart } from './check-part.ts';
import type { HealthPart } from './part.ts';

/** Documents that a look at the health may read; more companies are only counted. */
const readable = 50;

/** Named in the reason. */
const named = 5;

/**
 * What the polls of each minute have found: their servers are not asked once more. A company in
 * trouble, or an evidence, stops nobody else. No line where there are no companies.
 */
export async function companiesHealth(
  companies: Companies,
  signal: AbortSignal,
): Promise<HealthPart[]> {
  const codes = companies.all.map(({ code }) => code);
  if (codes.length === 0) return [];
  if (codes.length > readable) {
    const reason = `${codes.length} companies are not looked at here, see /flexibee`;
    return [{ part: 'companies', state: 'ok', reason }];
  }
  let troubles: string[] = [];
  const part = await checkPart(
    'companies',
    async (bounded) => {
      const states = await Promise.all(codes.map((code) => companies.state(code, bounded)));
      troubles = states.flatMap(({ trouble, evidences, failures }, index) => [
        ...(trouble === undefined ? [] : [`${codes[index]}: ${trouble.kind}`]),
        ...Object.entries(evidences).flatMap(([evidence, own]) =>
          own.trouble === undefined ? [] : [`${codes[index]}, ${evidence}: ${own.trouble.kind}`],
        ),
        ...failures.map(
          ({ evidence, procedure }) => `${codes[index]}, ${evidence}: ${procedure} fails`,
        ),
      ]);
    },
    signal,
  );
  if (troubles.length === 0) return [part];
  const more = troubles.length > named ? ` and ${troubles.length - named} more` : '';
  const reason = `${troubles.slice(0, named).join(', ')}${more}, see /flexibee`;
  return [{ ...part, state: 'degraded', reason }];
}
