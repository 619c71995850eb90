/** What can go wrong between us and a FlexiBee server, each with a name and a cure. */

import { type FailedRequest, ServerError } from '../outbound/failure.ts';
import type { TroubleKind } from './types.ts';

/** What people can do, in plain words. */
export const cures: Readonly<Record<TroubleKind, string>> = {
  'changelog disabled':
    'Turn the changelog (Changes API) of the company on: PUT /flexibee/{company}/changes/enable here, or /c/<company>/changes/control in FlexiBee. What changed while it was off comes with a full load.',
  'licence missing':
    'FlexiBee says the same of a right and of a licence that is missing: the user needs the right to use the REST API, and the licence of this company must include it (for reading; for turning the changelog and hooks on also for writing). Check both in FlexiBee.',
  'wrong password':
    'Check User Id and Password in the setting of this company by logging in to FlexiBee with them.',
  'unknown company':
    'Check the name of the company in the catalogue against the address of the company in FlexiBee (/c/<name>), and that the user may open it. If the name is right, the licence of the company may be without the REST API: FlexiBee answers the same then.',
  'versions went back':
    'The company was restored from a backup. Load it in full: POST /flexibee/{company}/reset, or onRegression "reload" in the catalogue.',
  'newer generation':
    'Another cursor has followed this company into the same base: see that no other installation does, or whether an old cursor was restored. Then load it in full: POST /flexibee/{company}/reset.',
  unreachable:
    'Check that the FlexiBee server runs, that the Url in the setting is right, and that no firewall is between. It is tried again by itself.',
  'company in use':
    'Turning the changelog on needs the company for itself: log everybody out of it, in the web interface as well as in the desktop application, then turn it on again.',
  'request refused':
    "FlexiBee's own words say why. Check that the evidence exists in this FlexiBee and that the user may read it.",
  'answer not understood':
    'Check that the Url leads to a FlexiBee server and not to a page of a proxy. If it does, its version answers in another form: report the message.',
  database: 'Check that the aggregate base runs and that sql:install was run there.',
};

/** Of an evidence, where the company is there: FlexiBee says the same of several reasons. */
export const evidenceCures = {
  notAllowed:
    'FlexiBee says the same of a right and of a licence that is missing: give the user of the setting the right to read this evidence, or check that the licence of the company includes its module and the REST API.',
  notFound:
    'Check the name of the evidence in the catalogue against evidence-list.json of the company. If the name is right, the licence of the company may be without its module or without reading over the REST API: FlexiBee answers the same then.',
};

export interface FlexibeeErrorDetails extends FailedRequest<TroubleKind> {
  /** The company's data source code. */
  company: string;
  evidence?: string | undefined;
}

/** A request that a FlexiBee server did not fulfil. No password is in it. */
export class FlexibeeError extends ServerError<TroubleKind> {
  override readonly name = 'FlexibeeError';
  readonly company: string;
  readonly evidence: string | undefined;

  constructor(details: FlexibeeErrorDetails, options?: ErrorOptions) {
    const { company, evidence } = details;
    const whose = evidence === undefined ? company : `${company}, ${evidence}`;
    super(`FlexiBee ${whose}`, details, cures, options);
    this.company = company;
    this.evidence = evidence;
  }
}
