const most = 3;

const distance = (one: string, other: string): number => {
  const rows = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= one.length; row += 1) {
    const [current, above = [], twoAbove = []] = [[row], rows[row - 1], rows[row - 2]];
    for (let column = 1; column <= other.length; column += 1) {
      const [letter, facing] = [one[row - 1], other[column - 1]];
      const isSwapped = row > 1 && column > 1 && letter === other[column - 2] && one[row - 2] === facing;
      current[column] = Math.min(
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (letter === facing ? 0 : 1),
        isSwapped ? (twoAbove[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    rows.push(current);
  }
  return rows[one.length]?.[other.length] ?? 0;
};

/** Ignores case, and takes hyphens and spaces for underscores. One letter in four may differ. */
export const closestName = (typed: string, names: readonly string[]): string | undefined => {
  const folded = (name: string) => name.toUpperCase().replace(/[- ]/g, "_");
  const [closest] = names
    .filter((name) => Math.abs(name.length - typed.length) <= most)
    .map((name) => ({ name, far: distance(folded(typed), folded(name)) }))
    .filter(({ name, far }) => far <= Math.min(most, Math.floor(name.length / 4)))
    .toSorted((one, other) => one.far - other.far);
  return closest?.name;
};
