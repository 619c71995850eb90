/** What can go wrong between us and a FlexiBee server, each with a name and a cure. */

import type { TroubleKind } from './types.ts';

export interface FlexibeeErrorDetails {
  kind: TroubleKind;
  /** The company's data source code. */
  company: string;
  evidence?: string | undefined;
  /** Method and path, without the query: `GET /c/demo/changes.json`. */
  request: string;
  /** HTTP status, where the server answered. */
  status?: number | undefined;
  /** What happened, to be read after company and request. */
  fault: string;
  /** What people can do about it, one plain sentence. */
  cure: string;
}

/** A request that a FlexiBee server did not fulfil. No password is in it. */
export class FlexibeeError extends Error {
  readonly kind: TroubleKind;
  readonly company: string;
  readonly evidence: string | undefined;
  readonly request: string;
  readonly status: number | undefined;
  readonly cure: string;

  constructor(details: FlexibeeErrorDetails, options?: ErrorOptions) {
    const { kind, company, evidence, request, status, fault, cure } = details;
    const whose = evidence === undefined ? company : `${company}, ${evidence}`;
    super(`FlexiBee ${whose}: ${request}: ${fault}`, options);
    this.name = 'FlexibeeError';
    this.kind = kind;
    this.company = company;
    this.evidence = evidence;
    this.request = request;
    this.status = status;
    this.cure = cure;
  }
}
