// The licences of packages, as package-lock.json names them.
type Package = {
  version?: string | undefined;
  license?: string | undefined;
  link?: boolean | undefined;
  dev?: boolean | undefined;
  devOptional?: boolean | undefined;
};

/** They ask for no more than their own text. These packages are in what we ship. */
const shipped = new Set(["MIT", "MIT-0", "Apache-2.0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause"]);
/** Only tools of developers may have these too, because we pass their packages on to no one. */
const tools = new Set([
  ...shipped,
  "AFL-2.1",
  "BlueOak-1.0.0",
  "MPL-2.0",
  "Python-2.0",
  "Unlicense",
  "WTFPL",
]);

/** These packages lack the field. Another field or their README says MIT. */
const withoutField = new Set([
  "compute-gcd@1.2.1",
  "compute-lcm@1.1.2",
  "httpntlm@1.8.13",
  "stack-trace@0.0.9",
  "validate.io-function@1.0.2",
  "validate.io-integer@1.0.5",
  "validate.io-integer-array@1.0.0",
  "validate.io-number@1.0.3",
]);

/** `(A OR B)` leaves the choice to us, `A AND B` does not. Other expressions are not understood. */
const isAllowed = (expression: string, allowed: ReadonlySet<string>): boolean => {
  const terms = expression.replace(/^\((.*)\)$/, "$1");
  if (terms.includes(" OR ") && terms.includes(" AND ")) return false;
  return terms.includes(" AND ")
    ? terms.split(" AND ").every((licence) => allowed.has(licence))
    : terms.split(" OR ").some((licence) => allowed.has(licence));
};

export const licenceProblems = (packages: Record<string, Package>): string[] =>
  Object.entries(packages).flatMap(([place, { version, license, link, dev, devOptional }]) => {
    if (place === "" || link === true) return [];
    const name = `${place.slice(place.lastIndexOf("node_modules/")).replace("node_modules/", "")}@${version}`;
    const given = license ?? (withoutField.has(name) ? "MIT" : "no licence");
    const allowed = dev === true || devOptional === true ? tools : shipped;
    return isAllowed(given, allowed) ? [] : [`${name}: ${given}`];
  });
