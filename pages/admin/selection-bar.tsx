// Acts only on people whom the page shows, because no one sees what else is selected.
import { useQueryClient } from "@tanstack/react-query";
import { useGetIdentity, useListContext } from "ra-core";
import { ActButton, ownPassword } from "./act-button.tsx";
import type { AdminUser } from "./data-provider.ts";
import { deactivateAll, peopleCount, reportOf, sortOut } from "./deactivate-people.ts";

const changesPerHour = 60;

export const SelectionBar = () => {
  const { data = [], selectedIds, onSelect, onUnselectItems } = useListContext<AdminUser>();
  const { identity } = useGetIdentity();
  const cache = useQueryClient();
  const selected = data.filter(({ id }) => selectedIds.includes(id));
  const { eligible, skipped } = sortOut(selected, identity?.id);
  const tooMany =
    eligible.length > changesPerHour
      ? `You can make ${changesPerHour} changes in an hour. The others stay selected.`
      : "";

  const run = async ({ current_password = "" }: Record<string, string>) => {
    const failures = await deactivateAll(eligible, current_password);
    onSelect([...failures.keys()].map(({ id }) => id));
    if (failures.size === 0) return eligible.length;
    await cache.invalidateQueries({ queryKey: ["users", "getList"] });
    throw reportOf(eligible.length, failures);
  };

  return (
    <section aria-label="Selected people" className="bar selection">
      <output>{selected.length === 0 ? "No one is selected." : `${selected.length} selected.`}</output>
      <ActButton
        label="Deactivate selected…"
        question={`Deactivate ${peopleCount(eligible.length)}? All their sessions end at once.`}
        confirmLabel="Deactivate"
        hint={[skipped, tooMany].filter(Boolean).join(" ")}
        done={(count) => `${peopleCount(count)} ${count === 1 ? "is" : "are"} deactivated.`}
        run={run}
        fields={[ownPassword]}
        disabled={eligible.length === 0}
        danger
      />
      {selected.length > 0 && (
        <button type="button" className="quiet" onClick={() => onUnselectItems()}>
          Clear the selection
        </button>
      )}
      {skipped && <p className="hint">{skipped}</p>}
    </section>
  );
};
