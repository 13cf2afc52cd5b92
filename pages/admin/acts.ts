// The administrator's actions bypass react-admin's data hooks: if the session is over, those
// resolve as if the call had succeeded, and the page would report success.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLogoutIfAccessDenied, useNotify } from "ra-core";
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

export const useAct = <Input>(
  run: (input: Input) => Promise<unknown>,
  { done, noticesErrors = false }: { done: string; noticesErrors?: boolean },
) => {
  const notify = useNotify();
  const cache = useQueryClient();
  const signOutIfOver = useLogoutIfAccessDenied();
  return useMutation({
    mutationFn: run,
    onSuccess: () => {
      notify(done, { type: "success" });
      return cache.invalidateQueries({ queryKey: ["users"] });
    },
    onError: async (error) => {
      const isOver = await signOutIfOver(error);
      if (noticesErrors && !isOver) notify(error.message, { type: "error" });
    },
  });
};
