import { CompanyError } from '../errors.ts';
import { type Evidence, evidenceOf, isDirect, isEvidence } from '../evidence/index.ts';
import type { WriteResult } from '../types.ts';
import { identsOf, type JsonObject } from './identity.ts';
import type { Refusal } from './refusal.ts';
import type { Writer, Written } from './writer.ts';

/** One record to be written. */
export interface Order {
  evidence: Evidence;
  json: JsonObject;
}

/**
 * The records of a body in its order: every member named like an evidence, one record or a list.
 * @param ident the record in the URL; it applies to the one record of `evidence`
 * @throws CompanyError 400
 */
export function ordersOf(
  path: string,
  winstrom: Record<string, unknown>,
  ident: string | undefined,
): Order[] {
  evidenceOf(path);
  const orders: Order[] = [];
  for (const [name, value] of Object.entries(winstrom)) {
    if (name.includes('@')) continue;
    if (!isEvidence(name)) throw new CompanyError(400, `Evidence '${name}' neexistuje.`);
    const evidence = evidenceOf(name);
    if (!isDirect(evidence)) {
      throw new CompanyError(400, 'Import není povolen.', 'importNotAllowed');
    }
    const common = attributesOf(name, winstrom);
    for (const json of [value].flat()) {
      if (typeof json !== 'object' || json === null) {
        throw new CompanyError(400, `Evidence '${name}': je očekáván záznam nebo seznam záznamů.`);
      }
      orders.push({ evidence, json: { ...common, ...json } });
    }
  }
  const [only] = orders;
  if (ident === undefined) return orders;
  if (only === undefined || orders.length > 1 || only.evidence.path !== path) {
    throw new CompanyError(400, `Pod adresou jednoho záznamu je očekáván jeden záznam '${path}'.`);
  }
  return [{ ...only, json: { ...only.json, id: [ident, ...identsOf(only.json)] } }];
}

/** What stands beside the records for all of them: `"faktura-vydana@action": "storno"`. */
function attributesOf(evidence: string, winstrom: Record<string, unknown>): JsonObject {
  const prefix = `${evidence}@`;
  return Object.fromEntries(
    Object.entries(winstrom)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(evidence.length), value]),
  );
}

const operations = ['created', 'updated', 'deleted', 'skipped'] as const;

/** Collects what was done, in FlexiBee's shape. */
export class Report {
  readonly #company: string;
  readonly #counts = { created: 0, updated: 0, deleted: 0, skipped: 0, failed: 0 };
  readonly #results: Record<string, unknown>[] = [];

  constructor(company: string) {
    this.#company = company;
  }

  done({ evidence, json }: Order, { id, what }: Written): void {
    this.#counts[what]++;
    const [requested] = identsOf(json);
    this.#results.push({
      id: String(id),
      ...(requested !== undefined && { 'request-id': requested }),
      ref: `/c/${this.#company}/${evidence.path}/${id}.json`,
    });
  }

  /** In an atomic request nothing of what was done before remains. */
  failed({ evidence, json }: Order, refusal: Refusal, atomic: boolean): void {
    if (atomic) {
      for (const operation of operations) this.#counts[operation] = 0;
      this.#results.length = 0;
    }
    this.#counts.failed++;
    const [ident] = identsOf(json);
    const record = `${evidence.path}[${ident === undefined ? 'temporary-id=null' : `id=${ident}`}]`;
    this.#results.push({
      ...(ident !== undefined && { 'request-id': ident }),
      errors: [refusal.toJson(record)],
    });
  }

  result(): WriteResult {
    const { created, failed } = this.#counts;
    const stats = Object.fromEntries(
      Object.entries(this.#counts).map(([name, count]) => [name, String(count)]),
    );
    return {
      status: failed > 0 ? 400 : created > 0 ? 201 : 200,
      winstrom: {
        '@version': '1.0',
        success: failed > 0 ? 'false' : 'true',
        stats,
        results: this.#results,
      },
    };
  }
}

/** Writes one order; a batch (`@filter`) is one write for every record it matches. */
export function execute(
  writer: Writer,
  order: Order,
  report: Report,
  matching: (evidence: Evidence, filter: string) => number[],
): void {
  const { evidence, json } = order;
  const filter = json['@filter'];
  if (filter === undefined) {
    report.done(order, writer.write(evidence, json));
    return;
  }
  for (const id of matching(evidence, String(filter))) {
    const one = { evidence, json: { ...json, id } };
    report.done(one, writer.write(evidence, one.json));
  }
}
