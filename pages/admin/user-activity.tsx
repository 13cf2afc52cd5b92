import { useInfiniteQuery } from "@tanstack/react-query";
import { useLogoutIfAccessDenied } from "ra-core";
import type { AnswerOf } from "./api.ts";
import { Loading } from "./layout.tsx";
import { LoadFailure } from "./load-failure.tsx";
import { signedRequest } from "./session.ts";
import { Time } from "./time.tsx";

type Entry = AnswerOf<"GET /api/v1/admin/users/{id}/activity/">["results"][number];

const whats: Record<Entry["type"], string> = {
  "user.created": "Account created",
  "user.updated": "Profile changed",
  "user.email_changed": "Email address changed",
  "user.disabled": "Deactivated or frozen",
  "user.enabled": "Activated",
  "user.deleted": "Deleted",
  "user.rank_changed": "Rank changed",
  "password.changed": "Password changed",
};
const whos = { person: "The person", operator: "An operator", service: "The service" };

const Actor = ({ by, actor_id }: Entry) => {
  if (by === null) return "Not known";
  if (by !== "staff") return whos[by];
  return actor_id ? (
    <a href={`#/users/${actor_id}`}>Administrator {actor_id.slice(0, 8)}</a>
  ) : (
    "An administrator"
  );
};

export const UserActivity = ({ userId }: { userId: string }) => {
  const signOutIfOver = useLogoutIfAccessDenied();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["users", "activity", userId],
    initialPageParam: "",
    queryFn: async ({ pageParam: cursor }) => {
      try {
        const query = cursor === "" ? {} : { cursor };
        return await signedRequest("GET /api/v1/admin/users/{id}/activity/", { id: userId, query });
      } catch (error) {
        await signOutIfOver(error);
        throw error;
      }
    },
    getNextPageParam: ({ next }) => next ?? undefined,
    retry: false,
  });
  const entries = data?.pages.flatMap(({ results }) => results);
  return (
    <section aria-labelledby="activity">
      <h2 id="activity">Activity</h2>
      {error && <LoadFailure what="The list of what happened" error={error} retry={refetch} />}
      {!entries && !error && <Loading />}
      {entries?.length === 0 && <p>Nothing is recorded.</p>}
      {entries && entries.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">When</th>
              <th scope="col">Who</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <tr key={entry.id}>
                <td>{whats[entry.type]}</td>
                <td>
                  <Time at={entry.time} />
                </td>
                <td>
                  <Actor {...entry} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {hasNextPage && (
        <div className="bar">
          <button type="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older
          </button>
        </div>
      )}
    </section>
  );
};
