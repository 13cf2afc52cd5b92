import { decodeCursor } from "../store/list-indexes.ts";

export type ListOrder = "date" | "address" | "username";

const id = "[0-9a-f-]{36}";
const forms: Record<ListOrder, RegExp> = {
  date: new RegExp(`^\\d{10}#${id}$`),
  address: new RegExp(`^[\\x21-\\x7e]{3,254}#${id}$`),
  username: new RegExp(`^[^#]{1,450}#${id}$`),
};

export const placeIn = (cursor: string, order: ListOrder): string | undefined =>
  decodeCursor(cursor, forms[order]);
