// Lets tests make calls fail, wait, or succeed without an answer.
import { setTimeout as delay } from "node:timers/promises";
import { ServiceError } from "../aws/service-error.ts";

type CallError = { code: string; message?: string; status?: number; fields?: Record<string, unknown> };

type Fault = {
  /** The construct's name. Every call matches a filter that is absent. */
  principal?: string;
  operation?: string;
  /** A text that the call's parameters contain (as JSON). */
  holding?: string;
  times?: number;
} & (
  | { error: CallError }
  | { errorFor: (operation: string) => CallError | undefined }
  | { lostAnswer: true }
  | { delayMilliseconds: number }
);

export type Faults = {
  add: (fault: Fault) => { struck: () => number; remove: () => void };
  clear: () => void;
};

type FaultyCall = { principal: string; operation: string; parameters: unknown };
type Planned = { fault: Fault; left: number; struck: number; removed: AbortController };

export const createFaults = () => {
  const planned = new Set<Planned>();

  const take = ({ principal, operation, parameters }: FaultyCall): Planned | undefined => {
    for (const plan of planned) {
      const { fault } = plan;
      if (fault.principal !== undefined && fault.principal !== principal) continue;
      if (fault.operation !== undefined && fault.operation !== operation) continue;
      if (fault.holding !== undefined && !JSON.stringify(parameters).includes(fault.holding)) continue;
      plan.left -= 1;
      plan.struck += 1;
      if (plan.left === 0) planned.delete(plan);
      return plan;
    }
    return undefined;
  };

  const faults: Faults = {
    add: (fault) => {
      const plan = { fault, left: fault.times ?? 1, struck: 0, removed: new AbortController() };
      planned.add(plan);
      const remove = () => {
        planned.delete(plan);
        plan.removed.abort();
      };
      return { struck: () => plan.struck, remove };
    },
    clear: () => planned.clear(),
  };

  return {
    faults,
    /** Throws the planned error or waits. Returns whether the answer must be lost. */
    strike: async (call: FaultyCall, hungUp?: AbortSignal): Promise<"answer" | "lose-answer"> => {
      const plan = take(call);
      if (plan === undefined) return "answer";
      const { fault, removed } = plan;
      const error = "error" in fault ? fault.error : "errorFor" in fault && fault.errorFor(call.operation);
      if (error) {
        const { code, message = "Injected by a test", ...options } = error;
        throw new ServiceError(code, message, options);
      }
      if ("delayMilliseconds" in fault)
        await delay(fault.delayMilliseconds, undefined, {
          signal: AbortSignal.any(hungUp ? [removed.signal, hungUp] : [removed.signal]),
        }).catch(() => {});
      return "lostAnswer" in fault ? "lose-answer" : "answer";
    },
    isQuiet: () => planned.size === 0,
  };
};
