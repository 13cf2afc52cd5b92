// The key of an item is its kind, a `#`, and what identifies it within the kind. Grants name kinds,
// and a role can reach items of these kinds only. Sessions have no kind: their key is a user's id.
export const itemKinds = {
  USERS_TABLE: [
    "user",
    "email",
    "username",
    "pending",
    "registration",
    "email-change",
    "email-claim",
    "undo",
    "reset",
    "goodbye",
    "goodbye-earlier",
    "goodbye-undone",
    "delivery",
  ],
  LIMITS_TABLE: ["limit"],
  HISTORY_TABLE: ["person", "act"],
} as const;

export type TableWithKinds = keyof typeof itemKinds;
export type ItemKind<Table extends TableWithKinds = TableWithKinds> = (typeof itemKinds)[Table][number];

export const keyOf = (kind: ItemKind, rest: string): string => `${kind}#${rest}`;
