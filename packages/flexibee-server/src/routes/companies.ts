/** What is on the server and in a company: companies, evidences, their fields. */

import { answer } from '../http/answer.ts';
import type { Route } from '../http/router.ts';
import { type Hosted, hosted } from '../instance.ts';
import type { JsonObject } from '../xml/winstrom.ts';

export const companyRoutes: readonly Route[] = [
  {
    methods: ['GET'],
    pattern: 'c',
    kind: 'companies',
    run: ({ companies }) =>
      answer(200, {
        companies: { company: [...companies.values()].map(describe) },
      }),
  },
  {
    methods: ['GET'],
    pattern: 'c/:company',
    kind: 'company',
    run: (instance, { parameters }) => {
      const found = hosted(instance, parameters['company']);
      const index = [...instance.companies.values()].indexOf(found);
      return answer(200, { companies: { company: describe(found, index) } });
    },
  },
  {
    methods: ['GET'],
    pattern: 'c/:company/evidence-list',
    kind: 'evidence-list',
    run: (instance, { parameters }) => {
      const { company } = hosted(instance, parameters['company']);
      return answer(200, {
        evidences: {
          '@version': '1.0',
          evidence: company.evidences().map(({ path, name, type, importStatus }) => ({
            evidenceName: name,
            evidencePath: path,
            importStatus,
            evidenceAccess: 'true',
            evidenceType: type,
            extIdSupported: 'true',
          })),
        },
      });
    },
  },
  {
    methods: ['GET'],
    pattern: 'c/:company/:evidence/properties',
    kind: 'properties',
    run: (instance, { parameters }) => {
      const { company } = hosted(instance, parameters['company']);
      const { evidence = '' } = parameters;
      return answer(200, {
        properties: {
          '@version': '1.0',
          evidenceName: company.evidences().find(({ path }) => path === evidence)?.name,
          tagName: evidence,
          property: company.properties(evidence),
        },
      });
    },
  },
  {
    methods: ['GET'],
    pattern: 'c/:company/:evidence/relations',
    kind: 'relations',
    run: (instance, { parameters }) => {
      const { company } = hosted(instance, parameters['company']);
      const { evidence = '' } = parameters;
      const relation = company.relations(evidence);
      return answer(200, { relations: { '@version': '1.0', relation } });
    },
  },
];

function describe({ company, licence }: Hosted, index: number): JsonObject {
  return {
    id: String(index + 1),
    dbNazev: company.name,
    nazev: company.title,
    createDt: '2020-01-01T00:00:00+01:00',
    licenseGroup: 'null',
    show: 'true',
    stavEnum: 'ESTABLISHED',
    watchingChanges: String(licence === 'present' && company.changelogEnabled()),
  };
}
