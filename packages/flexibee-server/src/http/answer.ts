/** What a route answers; how it is written depends on the format that was asked for. */

import type { XmlElement } from '../xml/element.ts';
import { type JsonObject, toXml } from '../xml/winstrom.ts';

export interface RawBody {
  contentType: string;
  bytes: Buffer;
}

export interface Answer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  /** Made only in the format that is wanted. */
  json(): JsonObject;
  xml(): XmlElement;
  /** A table; absent: there is none of it (406). */
  csv?: () => RawBody;
  /** Sent as it is, whatever format is wanted: a file. */
  raw?: RawBody;
  /** For people; by default the JSON, readable. */
  html?: () => string;
}

/** @param document one member, the root: `{winstrom: {…}}` */
export function answer(
  status: number,
  document: JsonObject,
  headers: Answer['headers'] = {},
): Answer {
  return {
    status,
    headers,
    json: () => document,
    xml: () => {
      const [[name, value] = ['winstrom', {}]] = Object.entries(document);
      return toXml(name, value);
    },
  };
}

export const winstrom = (members: JsonObject) => ({ winstrom: { '@version': '1.0', ...members } });

/** `{"winstrom": {"@version": "1.0", "success": "true"}}` */
export const success = (isSo = true) => answer(200, winstrom({ success: String(isSo) }));

/**
 * A refusal in FlexiBee's form: `success: "false"` and a message.
 * @param code FlexiBee's `message@messageCode`, where it gives one
 */
export function refused(
  status: number,
  message: string,
  headers: Answer['headers'] = {},
  code?: string,
): Answer {
  const messageCode = code === undefined ? {} : { 'message@messageCode': code };
  return answer(status, winstrom({ success: 'false', ...messageCode, message }), headers);
}
