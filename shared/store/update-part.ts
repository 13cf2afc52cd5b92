/** `rest` follows the assignments, with its own leading comma or space. */
export type UpdateDetails = {
  rest?: string;
  removes?: readonly string[];
  condition?: string;
  values?: object;
};

/** A part of a transaction that sets attributes. The condition may name them as `#name`. */
export const updatePart = (
  TableName: string,
  pk: string,
  sets: object,
  { rest = "", removes = [], condition, values }: UpdateDetails = {},
) => {
  const all = Object.entries(sets).filter(([, value]) => value !== undefined);
  const named = [...all.map(([name]) => name), ...removes];
  const removal = removes.length > 0 ? ` REMOVE ${removes.map((name) => `#${name}`).join(", ")}` : "";
  return {
    Update: {
      TableName,
      Key: { pk },
      UpdateExpression: `SET ${all.map(([name]) => `#${name} = :${name}`).join(", ")}${rest}${removal}`,
      ...(condition !== undefined && { ConditionExpression: condition }),
      ExpressionAttributeNames: Object.fromEntries(named.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(all.map(([name, value]) => [`:${name}`, value])),
        ...values,
      },
    },
  };
};
