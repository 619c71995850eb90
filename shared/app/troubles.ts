/** What is wrong with companies and syncs, until it is not; each by the name that people call it by. */

import type { Trouble } from '../acknowledgements/acknowledgements.ts';
import type { Catalog } from '../catalog/index.ts';
import { DocumentNewerError } from '../storage/documents.ts';
import { type Age, isOld } from '../sync/ages/age.ts';
import type { AgeStore } from '../sync/ages/age-store.ts';
import type { FailureStore } from '../sync/failures.ts';
import type { Companies } from './companies.ts';
import type { ShownState } from './shown-company.ts';

const dayMs = 86_400_000;

export interface TroublesDependencies {
  catalog: Pick<Catalog, 'codes' | 'hasEntity'>;
  companies: Pick<Companies, 'find' | 'state'>;
  failures(signal: AbortSignal): Promise<Pick<FailureStore, 'read'>>;
  ages(signal: AbortSignal): Promise<Pick<AgeStore, 'read'>>;
  /** What failed longer ago than runs are kept is nobody's any more. */
  retentionDays: number;
  now(): Date;
}

export class Troubles {
  readonly #dependencies: TroublesDependencies;

  constructor(dependencies: TroublesDependencies) {
    this.#dependencies = dependencies;
  }

  /** Those of one data source: a company, or syncs. */
  async ofCode(code: string, signal: AbortSignal): Promise<Trouble[]> {
    const { companies } = this.#dependencies;
    const all = await Promise.all([this.ofSyncs(signal), this.ofAges(signal)]);
    const syncs = all.flat().filter(({ subject }) => codeOf(subject) === code);
    if (companies.find(code) === undefined) return syncs;
    return [...troublesOfCompany(code, await companies.state(code, signal)), ...syncs];
  }

  /** Watched places as they were read last, as far as the catalogue has them, with those that are old now. */
  async ages(signal: AbortSignal): Promise<(Age & { isOld: boolean })[]> {
    const { catalog, ages, now } = this.#dependencies;
    const at = now();
    const codes = catalog.codes();
    const known = await (await ages(signal)).read(signal).catch(noneOfNewer);
    return known
      .filter(({ code, entity }) => Object.hasOwn(codes, code) && catalog.hasEntity(entity))
      .map((age) => ({ ...age, isOld: isOld(age, at) }));
  }

  /** Entities of data sources of which a place is older than it may be. */
  async ofAges(signal: AbortSignal): Promise<Trouble[]> {
    const old = (await this.ages(signal)).filter((age) => age.isOld);
    const bySubject = Map.groupBy(old, ({ code, entity }) => `${code}/${entity}`);
    return [...bySubject].map(([subject, ages]) => {
      const [since = ''] = ages.map(({ oldAt = '' }) => oldAt).sort();
      return { kind: 'age', subject, what: 'its data are old', since };
    });
  }

  /** Entities that have failed and not succeeded since, as far as the catalogue has them. */
  async ofSyncs(signal: AbortSignal): Promise<Trouble[]> {
    const { catalog, failures, retentionDays, now } = this.#dependencies;
    const oldest = now().getTime() - retentionDays * dayMs;
    const codes = catalog.codes();
    const known = await (await failures(signal)).read(signal).catch(noneOfNewer);
    return known
      .filter(({ since }) => Date.parse(since) >= oldest)
      .filter(({ code, entity }) => Object.hasOwn(codes, code) && catalog.hasEntity(entity))
      .map(({ code, entity, since }) => ({
        ...{ kind: 'sync', subject: `${code}/${entity}`, what: 'failed', since },
      }));
  }
}

/** The data source that a trouble is of. */
export function codeOf(subject: string): string {
  return subject.split('/')[0] ?? subject;
}

export function troublesOfCompany(
  code: string,
  { trouble, evidences, failures }: Pick<ShownState, 'trouble' | 'evidences' | 'failures'>,
): Trouble[] {
  return [
    ...(trouble === undefined
      ? []
      : [{ kind: 'company' as const, subject: code, what: trouble.kind, since: trouble.since }]),
    ...Object.entries(evidences).flatMap(([evidence, { trouble: own }]) =>
      own === undefined
        ? []
        : {
            ...{ kind: 'evidence' as const, subject: `${code}/${evidence}` },
            ...{ what: own.kind, since: own.since },
          },
    ),
    ...failures.map(({ evidence, procedure, since }) => ({
      ...{ kind: 'calls' as const, subject: `${code}/${evidence}` },
      ...{ what: `${procedure} fails`, since },
    })),
  ];
}

function noneOfNewer(error: unknown): readonly never[] {
  if (error instanceof DocumentNewerError) return [];
  throw error;
}
