/** For whoever answers for the whole: who changed what, what is closed for now, which troubles are known. */

import { z } from 'zod';
import { acknowledgementSchema } from '../../shared/acknowledgements/acknowledgements.ts';
import { closureSchema } from '../../shared/closures/closures.ts';
import { acknowledge, endAcknowledgement, listAcknowledgements } from '../admin/acknowledge.ts';
import { beginClosure, endClosure, listClosures } from '../admin/close-and-open.ts';
import { readAudit } from '../admin/read-audit.ts';
import { readMe } from '../admin/read-me.ts';
import type { Route } from '../route.ts';
import * as audit from '../shapes/audit-page.ts';
import { meSchema } from '../shapes/me.ts';
import * as acknowledgements from '../shapes/new-acknowledgement.ts';
import * as closures from '../shapes/new-closure.ts';
import { pageLimitSchema } from '../shapes/runs.ts';

export const adminRoutes: readonly Route[] = [
  {
    name: 'me',
    tag: 'service',
    route: 'me',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: readMe,
        role: 'any',
        conditional: true,
        summary: 'Who one is, what one may do, see and ask, and until when',
        responses: { 200: { description: 'Of whoever asks', json: () => meSchema } },
      },
    }),
  },
  {
    name: 'audit',
    tag: 'admin',
    route: 'audit',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: readAudit,
        role: 'admin',
        summary: 'Who changed what, when and from where, the newest first',
        parameters: [
          {
            name: 'from',
            in: 'query',
            description: 'The first moment',
            schema: () => audit.auditMomentSchema,
          },
          {
            name: 'to',
            in: 'query',
            description: 'The first moment after the last, or the last day',
            schema: () => audit.auditMomentSchema,
          },
          {
            name: 'who',
            in: 'query',
            description: 'The name of a token, or the person that was named',
            schema: () => z.string(),
          },
          {
            name: 'what',
            in: 'query',
            description: 'A kind of change, or the part of it before the dot',
            schema: () => audit.auditKindSchema,
          },
          {
            name: 'limit',
            in: 'query',
            description: 'Entries on a page, 1 to 200, 50 unless told',
            schema: () => pageLimitSchema,
          },
          {
            name: 'after',
            in: 'query',
            description: 'Where a page begins, from the next link of the page before',
            schema: () => audit.auditPlaceSchema,
          },
        ],
        responses: {
          200: {
            description: 'A page; it may be shorter than asked for where few entries are wanted',
            json: () => audit.auditPageSchema,
          },
        },
      },
    }),
  },
  {
    name: 'closures',
    tag: 'admin',
    route: 'closures',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: listClosures,
        summary: 'What is closed for now, until when and why',
        responses: { 200: { description: 'What holds now', json: () => closures.closuresSchema } },
      },
      POST: {
        handler: beginClosure,
        role: 'admin',
        changes: 'closure.begin',
        summary: 'Close a server, a company or everything for a while: what runs ends by itself',
        body: () => closures.closureBodySchema,
        responses: {
          201: {
            description: 'It holds: everywhere a second later',
            headers: {
              Location: {
                description: 'The closure',
                schema: () => z.string().regex(/^\/closures\//),
              },
            },
            json: () => closureSchema,
          },
        },
      },
    }),
  },
  {
    name: 'closure',
    tag: 'admin',
    route: 'closures/{id}',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      DELETE: {
        handler: endClosure,
        role: 'admin',
        changes: 'closure.end',
        summary: 'Open early what is closed',
        parameters: [
          {
            name: 'id',
            in: 'path',
            description: 'Closure',
            schema: () => closures.closureIdSchema,
          },
        ],
        responses: { 200: { description: 'What was closed', json: () => closureSchema } },
      },
    }),
  },
  {
    name: 'acknowledgements',
    tag: 'admin',
    route: 'acknowledgements',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: listAcknowledgements,
        summary: 'Troubles that somebody knows of, until when, and what was noted',
        responses: {
          200: {
            description: 'Those whose trouble there is still',
            json: () => acknowledgements.acknowledgementsSchema,
          },
        },
      },
      POST: {
        handler: acknowledge,
        changes: 'acknowledgement.begin',
        summary: 'Acknowledge a trouble: it is told all the same, and worries nobody for a while',
        body: () => acknowledgements.acknowledgementBodySchema,
        responses: {
          201: {
            description: 'It holds until its time, or until the trouble is another one',
            headers: {
              Location: {
                description: 'The acknowledgement',
                schema: () => z.string().regex(/^\/acknowledgements\//),
              },
            },
            json: () => acknowledgementSchema,
          },
        },
        problems: ['not-found'],
      },
    }),
  },
  {
    name: 'acknowledgement',
    tag: 'admin',
    route: 'acknowledgements/{id}',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      DELETE: {
        handler: endAcknowledgement,
        changes: 'acknowledgement.end',
        summary: 'Take an acknowledgement back',
        parameters: [
          {
            name: 'id',
            in: 'path',
            description: 'Acknowledgement',
            schema: () => closures.closureIdSchema,
          },
        ],
        responses: { 200: { description: 'What it was', json: () => acknowledgementSchema } },
      },
    }),
  },
];
