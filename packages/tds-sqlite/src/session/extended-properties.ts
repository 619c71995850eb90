/** sp_addextendedproperty and its kin: what people say of tables, columns, views and procedures. */

import { errors } from '../errors.ts';
import { SqlServerError, type SqlValue } from '../procedure.ts';
import type { ExtendedProperty } from '../storage/catalog.ts';
import type { StoredObject } from '../storage/model.ts';
import type { Relation } from '../translate/context.ts';
import { types } from '../values/types.ts';
import type { Argument } from './arguments.ts';
import type { Outcome } from './calls.ts';
import type { Request, SessionState } from './state.ts';

const parameters = [
  '@name',
  '@value',
  '@level0type',
  '@level0name',
  '@level1type',
  '@level1name',
  '@level2type',
  '@level2name',
];

/** Of fn_listextendedproperty and sp_dropextendedproperty, which have no value. */
const withoutValue = parameters.filter((name) => name !== '@value');

const kinds: Record<string, StoredObject['kind']> = {
  TABLE: 'table',
  VIEW: 'view',
  PROCEDURE: 'procedure',
};

type Said = Record<string, string | undefined>;

function saidIn(args: readonly Argument[], names: readonly string[]): Said {
  const said: Said = {};
  args.forEach((arg, index) => {
    const name = arg.name?.toLowerCase() ?? names[index] ?? '';
    if (!names.includes(name)) throw errors.unknownParameter(arg.name ?? '', 'extended property');
    said[name] = arg.value === null ? undefined : String(arg.value);
  });
  return said;
}

/** Where a property is; of a schema or the database none is kept here. @throws 15135, 40515 */
function placeIn(session: SessionState, said: Said): { object: StoredObject; column: string } {
  const [schema = '', name = ''] = [said['@level0name'], said['@level1name']];
  const shown = [schema, name, said['@level2name']].filter(Boolean).join('.');
  if (said['@level0type']?.toUpperCase() !== 'SCHEMA' || said['@level1type'] === undefined)
    throw errors.invalidUse('An extended property of anything but what is in a schema');
  const object = session.connection().catalog.find(schema, name);
  if (object === undefined || object.kind !== kinds[said['@level1type'].toUpperCase()])
    throw errors.noExtendedObject(shown);
  if (said['@level2type'] === undefined) return { object, column: '' };
  if (said['@level2type'].toUpperCase() !== 'COLUMN')
    throw errors.invalidUse('An extended property of anything but a column');
  const wanted = said['@level2name']?.toLowerCase();
  // What columns a view has is known by its query only.
  if (object.kind === 'view') return { object, column: said['@level2name'] ?? '' };
  const column =
    object.kind === 'table'
      ? object.columns.find((candidate) => candidate.name.toLowerCase() === wanted)
      : undefined;
  if (column === undefined) throw errors.noExtendedObject(shown);
  return { object, column: column.name };
}

/** @param change `add` fails where the property is there (15233), the others where not (15217) */
async function changeProperty(
  change: 'add' | 'update' | 'drop',
  { session, signal }: Request,
  args: readonly Argument[],
): Promise<Outcome> {
  const said = saidIn(args, change === 'drop' ? withoutValue : parameters);
  const name = said['@name'] ?? '';
  if (name === '')
    throw new SqlServerError(
      15600,
      "An invalid parameter or option was specified for procedure 'sys.sp_addextendedproperty'.",
    );
  await session.write(session.database, signal, ({ catalog }) => {
    const { object, column } = placeIn(session, said);
    const place = { id: object.id, column, name };
    const isThere = catalog.hasExtendedProperty(place);
    const shown = [object.schema, object.name, column].filter(Boolean).join('.');
    if (isThere && change === 'add') throw errors.extendedThere(name, shown);
    if (!isThere && change !== 'add') throw errors.extendedMissing(name, shown);
    catalog.removeExtendedProperty(place);
    if (change !== 'drop') catalog.addExtendedProperty({ ...place, value: said['@value'] ?? null });
  });
  return { returned: 0, outputs: new Map() };
}

export const extendedPropertyProcedures = {
  sp_addextendedproperty: (request: Request, _frame: unknown, args: Argument[]) =>
    changeProperty('add', request, args),
  sp_updateextendedproperty: (request: Request, _frame: unknown, args: Argument[]) =>
    changeProperty('update', request, args),
  sp_dropextendedproperty: (request: Request, _frame: unknown, args: Argument[]) =>
    changeProperty('drop', request, args),
};

/** sys.fn_listextendedproperty: of one object, or of its columns; DEFAULT and NULL mean each. */
export function listedProperties(session: SessionState, args: readonly SqlValue[]): Relation {
  const said = Object.fromEntries(
    withoutValue.map((name, index) => [name, args[index] == null ? undefined : `${args[index]}`]),
  );
  const { object, column } = placeIn(session, { ...said, '@level2type': undefined });
  const isOfColumns = said['@level2type'] !== undefined;
  const wanted = said['@level2name']?.toLowerCase();
  const rows = session
    .connection()
    .catalog.extendedProperties()
    .filter(
      (one) =>
        one.id === object.id &&
        (isOfColumns
          ? one.column !== '' && (wanted === undefined || one.column.toLowerCase() === wanted)
          : one.column === column) &&
        (said['@name'] === undefined || one.name === said['@name']),
    )
    .map(({ column: own, name, value }) => [
      isOfColumns ? 'COLUMN' : (said['@level1type']?.toUpperCase() ?? ''),
      isOfColumns ? own : object.name,
      name,
      value,
    ]);
  const columns = ['objtype', 'objname', 'name', 'value'].map((name) => ({
    name,
    type: types.nvarchar4000,
    nullable: true,
  }));
  return { kind: 'rows', name: 'fn_listextendedproperty', columns, rows };
}

/** sys.extended_properties: class 1, an object or its column by number. */
export function extendedPropertyRows(session: SessionState) {
  const catalog = session.connection().catalog;
  const objects = new Map(catalog.objects().map((object) => [object.id, object]));
  return catalog.extendedProperties().flatMap(({ id, column, name, value }: ExtendedProperty) => {
    const object = objects.get(id);
    const columns = object?.kind === 'table' ? object.columns : [];
    const minor = column === '' ? 0 : columns.findIndex((one) => one.name === column) + 1;
    const isGone =
      object === undefined || (column !== '' && object.kind === 'table' && minor === 0);
    return isGone ? [] : [[1, 'OBJECT_OR_COLUMN', id, minor, name, value] as const];
  });
}
