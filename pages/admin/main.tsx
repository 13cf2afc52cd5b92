/**
 * The admin page: react-admin's own core without its Material UI. The core does routes, sign-in and back again, lists,
 * caching and notices; the views are plain HTML, so that no style is injected and the page's policy needs no exception.
 */
import { CoreAdmin, memoryStore, Resource } from "ra-core";
import polyglotI18nProvider from "ra-i18n-polyglot";
import english from "ra-language-english";
import { createRoot } from "react-dom/client";
import { authProvider } from "./auth-provider.ts";
import { dataProvider } from "./data-provider.ts";
import { Failure, Layout, Loading, NotFound } from "./layout.tsx";
import { SignIn } from "./sign-in.tsx";
import { UserList } from "./user-list.tsx";
import { UserPage } from "./user-page.tsx";

const root = document.querySelector("#root");
if (root)
  createRoot(root).render(
    <CoreAdmin
      authProvider={authProvider}
      dataProvider={dataProvider}
      i18nProvider={polyglotI18nProvider(() => english, "en")}
      store={memoryStore()}
      layout={Layout}
      loading={Loading}
      loginPage={SignIn}
      catchAll={NotFound}
      error={Failure}
      authCallbackPage={false}
      requireAuth
      disableTelemetry
    >
      <Resource name="users" list={UserList} edit={UserPage} />
    </CoreAdmin>,
  );
