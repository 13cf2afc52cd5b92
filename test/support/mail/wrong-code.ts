/** Returns a well-formed six-digit code that differs from the right one. */
export const wrongCode = (right: string, step = 1): string => {
  const number = (Number(right.replace(/\D/g, "")) + step) % 1_000_000;
  return number.toString().padStart(6, "0");
};
