import { createRandom } from 'stand-in-kit';
import { evidenceOf } from '../evidence/index.ts';
import type { JsonRecord, ListQuery, WriteResult } from '../types.ts';
import type { Order } from '../write/request.ts';
import { contracts, documents } from './documents.ts';
import { contacts, contractText, labels, partners, products, settings } from './master-data.ts';
import { bankItems, payments } from './payments.ts';

/** The company that is filled. */
interface Filling {
  write(orders: readonly Order[]): WriteResult;
  read(evidence: string, query: ListQuery): JsonRecord[];
}

/**
 * Fills a new company as its people would have: every record is written like any other, so that
 * codes, sums, relations and the log are what they always are. The same seed and day give the
 * same company.
 * @param size how many partners; documents in proportion
 */
export function seedCompany(
  { seed = 1, size = 40 }: { seed?: number; size?: number },
  now: number,
  { write, read }: Filling,
): void {
  const random = createRandom(`company ${seed}`);
  const put = (evidence: string, json: Record<string, unknown>): number => {
    const { status, winstrom } = write([{ evidence: evidenceOf(evidence), json }]);
    const [result] = winstrom['results'] as { id?: string }[];
    if (status === 400 || result?.id === undefined) {
      throw new Error(`demo data: ${evidence} was refused: ${JSON.stringify(winstrom)}`);
    }
    return Number(result.id);
  };
  const firms = partners(random, size).map((partner) => put('adresar', partner));
  const stock = products(random).map((product) => put('cenik', product));
  const agreed = contracts(random, firms, stock, now).map((contract) => put('smlouva', contract));
  for (const { evidence, json } of documents(random, { firms, stock, agreed }, now)) {
    put(evidence, json);
  }
  // What came later has its own randomness: the records above stay what they were.
  const more = createRandom(`more of company ${seed}`);
  put('nastaveni', settings(more));
  put('skupina-stitku', { kod: 'STAV', nazev: 'Stav zákazníka', pouzeJeden: 'true' });
  for (const label of labels) put('stitek', label);
  for (const contact of contacts(more, firms)) put('kontakt', contact);
  for (const document of bankItems(more, firms, now)) put('banka', document);
  const open = read('faktura-vydana', { limit: 0, detail: 'full', filter: 'zbyvaUhradit > 0' });
  for (const payment of payments(more, open, now)) put('banka', payment);
  for (const contract of agreed.slice(0, 3)) {
    put('smlouva', { id: contract, prilohy: { priloha: contractText(contract) } });
  }
}
