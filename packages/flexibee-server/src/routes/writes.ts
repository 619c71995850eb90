/** Creating, changing and deleting records. */

import type { WriteResult } from '../company/index.ts';
import { type Answer, answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import type { Route } from '../http/router.ts';
import { hosted, type Instance } from '../instance.ts';
import { element, type XmlElement } from '../xml/element.ts';
import { type JsonObject, toXml } from '../xml/winstrom.ts';

export const writeRoutes: readonly Route[] = [
  { methods: ['POST', 'PUT'], pattern: 'c/:company/:evidence', kind: 'write', run: write },
  { methods: ['POST', 'PUT'], pattern: 'c/:company/:evidence/:record', kind: 'write', run: write },
  {
    methods: ['DELETE'],
    pattern: 'c/:company/:evidence/:record',
    kind: 'delete',
    run: (instance, { parameters: { company: name, evidence = '', record = '' } }) =>
      resultAnswer(hosted(instance, name).company.delete(evidence, record)),
  },
];

async function write(instance: Instance, call: Call): Promise<Answer> {
  const { company } = hosted(instance, call.parameters['company']);
  const { evidence = '', record } = call.parameters;
  const result = company.write(evidence, await call.winstrom(), {
    ...(record === undefined ? {} : { ident: record }),
    dryRun: call.query.get('dry-run') === 'true',
  });
  const id = result.status === 201 ? firstId(result) : undefined;
  const location = `${call.origin}/c/${company.name}/${evidence}/${id}${call.suffix}`;
  return resultAnswer(result, id === undefined ? {} : { location });
}

function firstId({ winstrom }: WriteResult): string | undefined {
  const [first] = (winstrom['results'] ?? []) as { id?: string }[];
  return first?.id;
}

function resultAnswer({ status, winstrom }: WriteResult, headers = {}): Answer {
  return { ...answer(status, { winstrom }, headers), xml: () => resultXml(winstrom) };
}

/** In XML the results stand beside `success`, and a message is the text of its `<error>`. */
function resultXml({ results = [], ...rest }: JsonObject): XmlElement {
  const root = toXml('winstrom', rest);
  for (const result of results as JsonObject[]) {
    const { errors = [], ...members } = result;
    const child = toXml('result', members);
    const messages = (errors as JsonObject[]).map(({ message, ...attributes }) =>
      element(
        'error',
        String(message),
        Object.entries(attributes).map(([name, value]) => [
          name.replace(/^.*@/, ''),
          String(value),
        ]),
      ),
    );
    if (messages.length > 0) child.children.push(element('errors', messages));
    root.children.push(child);
  }
  return root;
}
