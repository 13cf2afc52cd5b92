export type ListOrder = "date" | "address" | "username";

const id = "[0-9a-f-]{36}";
const places: Record<ListOrder, RegExp> = {
  date: new RegExp(`^\\d{10}#${id}$`),
  address: new RegExp(`^[\\x21-\\x7e]{3,254}#${id}$`),
  username: new RegExp(`^[^#]{1,450}#${id}$`),
};

export const encodeCursor = (place: string): string => Buffer.from(place).toString("base64url");

export const decodeCursor = (cursor: string, order: ListOrder): string | undefined => {
  const place = Buffer.from(cursor, "base64url").toString("utf8");
  return places[order].test(place) && encodeCursor(place) === cursor ? place : undefined;
};
