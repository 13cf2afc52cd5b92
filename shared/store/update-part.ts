/** `rest` follows the assignments, with its own leading comma or space. */
export type UpdateDetails = { rest?: string; condition?: string; values?: object };

/** A part of a transaction that sets attributes. The condition may name them as `#name`. */
export const updatePart = (
  TableName: string,
  pk: string,
  sets: object,
  { rest = "", condition, values }: UpdateDetails = {},
) => {
  const all = Object.entries(sets).filter(([, value]) => value !== undefined);
  return {
    Update: {
      TableName,
      Key: { pk },
      UpdateExpression: `SET ${all.map(([name]) => `#${name} = :${name}`).join(", ")}${rest}`,
      ...(condition !== undefined && { ConditionExpression: condition }),
      ExpressionAttributeNames: Object.fromEntries(all.map(([name]) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(all.map(([name, value]) => [`:${name}`, value])),
        ...values,
      },
    },
  };
};
