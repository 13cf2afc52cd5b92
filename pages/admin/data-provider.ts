/** What react-admin's hooks read. What changes a person is in `acts.ts`: see there why it goes past these hooks. */
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

// react-admin's type promises every record type at once; here there is one.
export const dataProvider = users as DataProvider;
