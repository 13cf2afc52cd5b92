/** `assignment` is one that is no plain value, such as an addition. */
export type UpdateDetails = {
  assignment?: string;
  removes?: readonly string[];
  condition?: string;
  values?: object;
};

/** A part of a transaction that sets attributes. The condition may name them as `#name`. */
export const updatePart = (
  TableName: string,
  pk: string,
  sets: object,
  { assignment, removes = [], condition, values }: UpdateDetails = {},
) => {
  const all = Object.entries(sets).filter(([, value]) => value !== undefined);
  const assignments = [...all.map(([name]) => `#${name} = :${name}`), ...(assignment ? [assignment] : [])];
  const named = [...all.map(([name]) => name), ...removes];
  const removal = removes.length > 0 ? ` REMOVE ${removes.map((name) => `#${name}`).join(", ")}` : "";
  return {
    Update: {
      TableName,
      Key: { pk },
      UpdateExpression: `SET ${assignments.join(", ")}${removal}`,
      ...(condition !== undefined && { ConditionExpression: condition }),
      ExpressionAttributeNames: Object.fromEntries(named.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(all.map(([name, value]) => [`:${name}`, value])),
        ...values,
      },
    },
  };
};
