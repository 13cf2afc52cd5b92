// What Lambda and CloudWatch Logs would bill, by function. The duration of a first call includes
// the init phase, which Lambda bills too.
export type Work = { invocations: number; milliseconds: number; bytesLogged: number };
export type WorkCounts = Record<string, Work>;

export const createWorkCounter = () => {
  let counts: WorkCounts = {};
  const of = (label: string): Work => (counts[label] ??= { invocations: 0, milliseconds: 0, bytesLogged: 0 });
  return {
    countInvocation: (label: string, milliseconds: number): void => {
      of(label).invocations += 1;
      of(label).milliseconds += milliseconds;
    },
    countLine: (label: string, line: string): void => {
      of(label).bytesLogged += Buffer.byteLength(line);
    },
    work: (): WorkCounts => structuredClone(counts),
    reset: (): void => {
      counts = {};
    },
  };
};
