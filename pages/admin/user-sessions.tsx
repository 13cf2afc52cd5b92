import { useQuery } from "@tanstack/react-query";
import { useLogoutIfAccessDenied } from "ra-core";
import { ActButton } from "./act-button.tsx";
import { endSession, endSessions } from "./acts.ts";
import { Loading } from "./layout.tsx";
import { LoadFailure } from "./load-failure.tsx";
import { signedRequest } from "./session.ts";
import { Time } from "./time.tsx";

export const UserSessions = ({ userId }: { userId: string }) => {
  const signOutIfOver = useLogoutIfAccessDenied();
  const { data, error, refetch } = useQuery({
    queryKey: ["users", "sessions", userId],
    queryFn: async () => {
      try {
        const { results } = await signedRequest("GET /api/v1/admin/users/{id}/sessions/", { id: userId });
        return results;
      } catch (error) {
        await signOutIfOver(error);
        throw error;
      }
    },
    retry: false,
  });
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions">Sessions</h2>
      {error && <LoadFailure what="The list of sessions" error={error} retry={refetch} />}
      {!data && !error && <Loading />}
      {data?.length === 0 && <p>Not signed in on any device.</p>}
      {data && data.length > 0 && (
        <>
          <table>
            <thead>
              <tr>
                <th scope="col">Device</th>
                <th scope="col">Last used</th>
                <th scope="col" className="wide">
                  Signed in
                </th>
                <th scope="col">Action</th>
              </tr>
            </thead>
            <tbody>
              {data.map(({ id, device, last_used, created }) => (
                <tr key={id}>
                  <td>{device}</td>
                  <td>
                    <Time at={last_used} />
                  </td>
                  <td className="wide">
                    <Time at={created} />
                  </td>
                  <td>
                    <ActButton
                      label="End"
                      description={`End the session on ${device}`}
                      done="The session has ended."
                      run={() => endSession(userId, id)}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <div className="bar">
            <ActButton
              label="End sessions"
              question="End all sessions of this user?"
              done="All sessions have ended."
              run={() => endSessions(userId)}
              danger
            />
          </div>
        </>
      )}
    </section>
  );
};
