import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { countIndexes } from "../store/dynamo.ts";
import type { Criteria } from "./person-search.ts";

/** AWS allows fewer of these calls than queries, and its own counts are hours old. */
const keptSeconds = 60;

const isThrottling = (error: unknown): boolean =>
  error instanceof Error && ["ThrottlingException", "LimitExceededException"].includes(error.name);

export const personCount = (clock: Clock = nowSeconds) => {
  let kept: { until: number; counts: Promise<Map<string, number>> } | undefined;

  const read = async () => {
    if (kept === undefined || kept.until <= clock())
      kept = { until: clock() + keptSeconds, counts: countIndexes(variable("USERS_TABLE")) };
    const { counts } = kept;
    try {
      return await counts;
    } catch (error) {
      if (kept?.counts === counts) kept = undefined;
      if (isThrottling(error)) return undefined;
      throw error;
    }
  };

  return {
    /** About how many people match, if there is an index of exactly these. */
    about: async ({ state, ...others }: Criteria): Promise<number | null> => {
      const isCounted = state === undefined || state === "staff";
      if (!isCounted || Object.values(others).some(Boolean)) return null;
      return (await read())?.get(state === "staff" ? "StaffByDate" : "ByDate") ?? null;
    },
  };
};

export type PersonCount = ReturnType<typeof personCount>;
