import type {
  Acknowledgement,
  Acknowledgements,
  Trouble,
} from '../../acknowledgements/acknowledgements.ts';
import type { Companies } from '../companies.ts';
import { troublesOfCompany } from '../troubles.ts';
import { checkPart } from './check-part.ts';
import type { HealthPart } from './part.ts';
import { withTroubles } from './troubles-health.ts';

/** Documents that a look at the health may read; more companies are only counted. */
const readable = 50;

/**
 * What the polls of each minute have found: their servers are not asked once more. A company in
 * trouble, or an evidence, stops nobody else. No line where there are no companies.
 */
export async function companiesHealth(
  companies: Companies,
  acknowledgements: Pick<Acknowledgements, 'current'>,
  signal: AbortSignal,
): Promise<HealthPart[]> {
  const codes = companies.all.map(({ code }) => code);
  if (codes.length === 0) return [];
  if (codes.length > readable) {
    const reason = `${codes.length} companies are not looked at here, see /flexibee`;
    return [{ part: 'companies', state: 'ok', reason }];
  }
  let troubles: Trouble[] = [];
  let known: readonly Acknowledgement[] = [];
  const part = await checkPart(
    'companies',
    async (bounded) => {
      const look = async (code: string) =>
        troublesOfCompany(code, await companies.state(code, bounded));
      const [found, acknowledged] = await Promise.all([
        Promise.all(codes.map(look)),
        acknowledgements.current(bounded),
      ]);
      troubles = found.flat();
      known = acknowledged;
    },
    signal,
  );
  return [withTroubles(part, troubles, known, '/flexibee')];
}
