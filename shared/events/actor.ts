/** Who made a change. Items hold it as one text, which the changing write itself sets. */
export type Actor = { by: "person" } | { by: "staff"; id: string } | { by: "operator" } | { by: "service" };

export const person: Actor = { by: "person" };
export const operator: Actor = { by: "operator" };
export const service: Actor = { by: "service" };
export const staff = ({ id }: { id: string }): Actor => ({ by: "staff", id });

/** The id of an administrator, or `operator`. The service itself acts for neither. */
export const actorNamed = (name: string | undefined): Actor => {
  if (name === undefined) return service;
  return name === "operator" ? operator : staff({ id: name });
};

const staffPrefix = "staff:";

export const actorText = (actor: Actor): string =>
  actor.by === "staff" ? `${staffPrefix}${actor.id}` : actor.by;

export const actorIn = (text: unknown): Actor | undefined => {
  if (text === "person" || text === "operator" || text === "service") return { by: text };
  if (typeof text !== "string" || !text.startsWith(staffPrefix)) return undefined;
  const id = text.slice(staffPrefix.length);
  return id === "" ? undefined : { by: "staff", id };
};
