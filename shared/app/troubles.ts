/** What is wrong with companies and syncs, until it is not; each by the name that people call it by. */

import type { Trouble } from '../acknowledgements/acknowledgements.ts';
import type { Catalog } from '../catalog/index.ts';
import { DocumentNewerError } from '../storage/documents.ts';
import type { Failure, FailureStore } from '../sync/failures.ts';
import type { Companies } from './companies.ts';
import type { ShownState } from './shown-company.ts';

const dayMs = 86_400_000;

export interface TroublesDependencies {
  catalog: Pick<Catalog, 'codes' | 'hasEntity'>;
  companies: Pick<Companies, 'find' | 'state'>;
  failures(signal: AbortSignal): Promise<Pick<FailureStore, 'read'>>;
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
    const syncs = (await this.ofSyncs(signal)).filter(({ subject }) => codeOf(subject) === code);
    if (companies.find(code) === undefined) return syncs;
    return [...troublesOfCompany(code, await companies.state(code, signal)), ...syncs];
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

function noneOfNewer(error: unknown): readonly Failure[] {
  if (error instanceof DocumentNewerError) return [];
  throw error;
}
