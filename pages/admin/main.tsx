// The admin page uses react-admin's core (`ra-core`) without Material UI, which injects styles: the
// page's Content-Security-Policy would need an exception for them.
import { QueryClient } from "@tanstack/react-query";
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

// Otherwise requests wait silently while the browser thinks that it is offline.
const queryClient = new QueryClient({
  defaultOptions: {
    queries: { networkMode: "always", retry: false },
    mutations: { networkMode: "always" },
  },
});

const root = document.querySelector("#root");
if (root)
  createRoot(root).render(
    <CoreAdmin
      authProvider={authProvider}
      dataProvider={dataProvider}
      queryClient={queryClient}
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
