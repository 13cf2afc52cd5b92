// Only reads: `acts.ts` explains why changes don't go through react-admin's hooks.
import type { DataProvider, GetListParams, GetOneParams } from "ra-core";
import type { AnswerOf } from "./api.ts";
import { readPage } from "./cursor-pages.ts";
import { signedRequest } from "./session.ts";

export type AdminUser = AnswerOf<"GET /api/v1/admin/users/{id}/">;

const refused = () => Promise.reject(new Error("The API has no such operation."));

const users = {
  getList: (_resource: string, params: GetListParams) => readPage(params),
  getOne: async (_resource: string, { id }: GetOneParams) => ({
    data: await signedRequest("GET /api/v1/admin/users/{id}/", { id: String(id) }),
  }),
  getMany: refused,
  getManyReference: refused,
  create: refused,
  update: refused,
  updateMany: refused,
  delete: refused,
  deleteMany: refused,
};

// react-admin's type is generic over all record types, but there is only one here.
export const dataProvider = users as DataProvider;
