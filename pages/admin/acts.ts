// The administrator's actions bypass react-admin's data hooks: if the session is over, those
// resolve as if the call had succeeded, and the page would report success.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLogoutIfAccessDenied, useNotificationContext, useNotify, useStore } from "ra-core";
import { useEffect, useRef, useState } from "react";
import type { RequestOf } from "./api.ts";
import { signedRequest } from "./session.ts";

export type UserChanges = RequestOf<"PATCH /api/v1/admin/users/{id}/">["body"];

export const changeUser = (id: string, body: UserChanges) =>
  signedRequest("PATCH /api/v1/admin/users/{id}/", { id, body });
export const deleteUser = (id: string, body: RequestOf<"DELETE /api/v1/admin/users/{id}/">["body"]) =>
  signedRequest("DELETE /api/v1/admin/users/{id}/", { id, body });
export const sendCode = (id: string) => signedRequest("POST /api/v1/admin/users/{id}/send-code/", { id });
export const changeAddress = (
  id: string,
  body: RequestOf<"POST /api/v1/admin/users/{id}/set-email/">["body"],
) => signedRequest("POST /api/v1/admin/users/{id}/set-email/", { id, body });
export const confirmMove = (
  id: string,
  body: RequestOf<"POST /api/v1/admin/users/{id}/set-email/confirm/">["body"],
) => signedRequest("POST /api/v1/admin/users/{id}/set-email/confirm/", { id, body });
export const cancelMove = (id: string) => signedRequest("DELETE /api/v1/admin/users/{id}/set-email/", { id });
export const unlockUser = (id: string) => signedRequest("POST /api/v1/admin/users/{id}/unlock/", { id });
export const retryDelivery = (id: string) =>
  signedRequest("POST /api/v1/admin/users/{id}/retry-delivery/", { id });
export const inviteUser = (body: RequestOf<"POST /api/v1/admin/users/">["body"]) =>
  signedRequest("POST /api/v1/admin/users/", { body });
export const exportUser = (id: string, body: RequestOf<"POST /api/v1/admin/users/{id}/export/">["body"]) =>
  signedRequest("POST /api/v1/admin/users/{id}/export/", { id, body });
export const endSession = (id: string, session_id: string) =>
  signedRequest("DELETE /api/v1/admin/users/{id}/sessions/{session_id}/", { id, session_id });
export const endSessions = (id: string) => signedRequest("DELETE /api/v1/admin/users/{id}/sessions/", { id });

const currentPath = () => window.location.hash.slice(1).split("?", 1)[0] || "/";

type ActOptions<Output> = {
  done: string | ((output: Output) => string);
  noticesErrors?: boolean;
  leadsTo?: string | undefined;
};

/** Its notices belong to one page (see `notices.tsx`) and go when the next action begins. */
export const useAct = <Input, Output>(
  run: (input: Input) => Promise<Output>,
  { done, noticesErrors = false, leadsTo }: ActOptions<Output>,
) => {
  const notify = useNotify();
  const { resetNotifications } = useNotificationContext();
  const cache = useQueryClient();
  const signOutIfOver = useLogoutIfAccessDenied();
  const isShown = useRef(false);
  useEffect(() => {
    isShown.current = true;
    return () => void (isShown.current = false);
  }, []);
  const [succeededAt, setSucceededAt] = useStore("acts.succeededAt", 0);
  const [failedAt, setFailedAt] = useState(0);
  const mutation = useMutation({
    mutationFn: run,
    onMutate: resetNotifications,
    onSuccess: (output) => {
      setSucceededAt(Date.now());
      const text = typeof done === "string" ? done : done(output);
      notify(text, { type: "success", about: leadsTo ?? currentPath() });
      return cache.invalidateQueries({ queryKey: ["users"] });
    },
    onError: async (error) => {
      setFailedAt(Date.now());
      const isOver = await signOutIfOver(error);
      if ((noticesErrors || !isShown.current) && !isOver)
        notify(error.message, { type: "error", about: currentPath() });
    },
  });
  return { ...mutation, error: failedAt < succeededAt ? null : mutation.error };
};
