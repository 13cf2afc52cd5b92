// Reads a code as people type or paste it: with digits of any script, invisible marks, hyphens and
// spaces of all kinds, or with the sentence around it. If the text holds two codes, it holds none.

const decimal = /^\p{Nd}$/u;
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const hyphens = /[\p{Pd}\u02D7\u2043\u2212\u2500\u2796\u30FC]/gu;
const shortCode = /^[0-9]{6}$/;
const longCode = /^[A-Z2-7]{16}$/i;

/** Unicode's decimal digits are in rows of ten, from zero to nine. */
const digitOf = (digit: string): string => {
  const point = digit.codePointAt(0) ?? 0;
  let row = point;
  while (decimal.test(String.fromCodePoint(row - 1))) row -= 1;
  return String((point - row) % 10);
};

const folded = (typed: string): string =>
  typed
    .normalize("NFKC")
    .replace(/(?![0-9])\p{Nd}/gu, digitOf)
    .replace(invisible, "")
    .replace(/[\u2014\u2015]/g, " ")
    .replace(hyphens, "-")
    .replace(/[^\S\r\n\u2028\u2029]/gu, " ");

const joined = (parts: string): string => parts.replace(/[\s-]/g, "");

const onlyOne = (codes: readonly string[]): string | undefined => {
  const [code, ...others] = new Set(codes);
  return others.length === 0 ? code : undefined;
};

export const readShortCode = (typed: string): string | undefined => {
  const text = folded(typed);
  if (shortCode.test(joined(text))) return joined(text);
  const numbers =
    text.match(/(?<![\p{Script=Latin}0-9])[0-9](?:[0-9 -]*[0-9])?(?![\p{Script=Latin}0-9])/gu) ?? [];
  return onlyOne(numbers.map(joined).filter((code) => shortCode.test(code)));
};

/** A word may have sixteen letters too, but none of these marks of a code. */
const looksLikeCode = (part: string): boolean =>
  /[2-7]/.test(part) || !/[a-z]/.test(part) || /^\w{4}-\w{4}-\w{4}-\w{4}$/.test(part);

export const readLongCode = (typed: string): string | undefined => {
  const text = folded(typed);
  if (longCode.test(joined(text))) return joined(text).toUpperCase();
  const phrases = text.split(/[^\p{Script=Latin}\p{M}0-9 -]+/u);
  const parts = [...phrases, ...phrases.flatMap((phrase) => phrase.split(" "))]
    .map((part) => part.trim())
    .filter((part) => longCode.test(joined(part)));
  const sure = parts.filter(looksLikeCode);
  return onlyOne((sure.length > 0 ? sure : parts).map((part) => joined(part).toUpperCase()));
};

export const readCode = (typed: string): string | undefined => {
  const [short, long] = [readShortCode(typed), readLongCode(typed)];
  if (short === undefined || long === undefined) return short ?? long;
  return longCode.test(joined(folded(typed))) ? long : undefined;
};
