import type { ItemKind } from "../../shared/store/item-kinds.ts";

/** Each of these names the keys that it reads or writes. A scan doesn't, so none can be granted. */
export type TableAction =
  | "GetItem"
  | "BatchGetItem"
  | "Query"
  | "PutItem"
  | "UpdateItem"
  | "DeleteItem"
  | "BatchWriteItem"
  | "ConditionCheckItem";

export type ActionsOnKinds<Kind extends string = ItemKind> = {
  readonly [Action in TableAction]?: readonly Kind[];
} & {
  /** `Query` on the table's indexes only. They have no kinds: their keys are states of people. */
  readonly QueryIndexes?: true;
  /** `DescribeTable`, which tells how many items there are, and nothing of any item. */
  readonly CountItems?: true;
};

/** A plain spread would replace the kinds of an action that stands in two of them. */
export const allOf = <Kind extends string>(
  ...parts: readonly ActionsOnKinds<Kind>[]
): ActionsOnKinds<Kind> => {
  const all: { [Action in TableAction]?: readonly Kind[] } & { QueryIndexes?: true; CountItems?: true } = {};
  for (const { QueryIndexes, CountItems, ...part } of parts) {
    if (QueryIndexes) all.QueryIndexes = true;
    if (CountItems) all.CountItems = true;
    for (const [action, kinds] of Object.entries(part) as [TableAction, readonly Kind[]][])
      all[action] = [...new Set([...(all[action] ?? []), ...kinds])];
  }
  return all;
};

/** Actions on the same kinds share a statement: the policies of a role have a maximum size. */
export const groupedByKinds = (rights: ActionsOnKinds) => {
  const groups = new Map<string, { actions: string[]; kinds: readonly ItemKind[] }>();
  for (const [action, kinds] of Object.entries(rights)) {
    if (kinds === true || kinds.length === 0) continue;
    const sorted = kinds.toSorted();
    const group = groups.get(sorted.join()) ?? { actions: [], kinds: sorted };
    group.actions.push(action);
    groups.set(sorted.join(), group);
  }
  return [...groups.values()];
};
