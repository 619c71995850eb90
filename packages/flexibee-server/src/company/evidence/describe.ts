import type { PropertyDescription } from '../types.ts';
import { isCodeList } from './code-lists.ts';
import { evidenceOf } from './index.ts';
import type { Evidence, Property } from './property.ts';

const yesNo = (value: boolean | undefined) => (value === true ? 'true' : 'false');

/** An evidence's `properties.json`: every value a string, `external-ids` last. */
export function describeProperties(evidence: Evidence): PropertyDescription[] {
  const externalIds: Property = {
    name: 'external-ids',
    label: 'external-ids',
    type: 'relation',
    target: 'external-ids',
    summary: true,
    unsortable: true,
  };
  return [...evidence.properties, externalIds].map(describe);
}

function describe(property: Property): PropertyDescription {
  const { name, label, type, target, values, maxLength, digits, decimal } = property;
  return {
    showToUser: yesNo(name !== 'id' && name !== 'lastUpdate'),
    propertyName: name,
    dbName: name.charAt(0).toUpperCase() + name.slice(1),
    name: label,
    title: label,
    type,
    ...(target !== undefined && {
      fkName: target,
      fkEvidencePath: target,
      fkEvidenceType: evidenceType(target),
    }),
    isVisible: 'true',
    isSortable: yesNo(property.unsortable !== true),
    isHighlight: 'false',
    inId: yesNo(name === 'id' || name === 'external-ids'),
    inSummary: yesNo(property.summary),
    inDetail: 'true',
    inExpensive: 'false',
    mandatory: yesNo(property.mandatory),
    ...(maxLength !== undefined && { maxLength: String(maxLength) }),
    ...(digits !== undefined && { digits: String(digits) }),
    ...(decimal !== undefined && { decimal: String(decimal) }),
    isWritable: yesNo(property.readOnly !== true),
    isOverWritable: yesNo(property.readOnly !== true),
    hasBusinessLogic: 'true',
    isUpperCase: yesNo(property.upperCase),
    isLowerCase: 'false',
    ...(values !== undefined && {
      values: { value: valuesOf(values) },
    }),
    links: null,
  };
}

/** One alone is no list. */
function valuesOf(values: Readonly<Record<string, string>>) {
  const list = Object.entries(values).map(([key, $]) => ({ '@key': key, $ }));
  return list.length === 1 ? list[0] : list;
}

function evidenceType(target: string): string {
  if (target === 'external-ids' || isCodeList(target))
    return target.toUpperCase().replaceAll('-', '_');
  return evidenceOf(target).type;
}
