import { useGetIdentity, useLogout, type CoreLayoutProps } from "ra-core";
import { Notices } from "./notices.tsx";
import { PageTitle } from "./page-title.tsx";

export const Layout = ({ children }: CoreLayoutProps) => {
  const { identity } = useGetIdentity();
  const signOut = useLogout();
  return (
    <>
      <header>
        <a className="brand" href="#/users">
          LIT Auth
        </a>
        <span className="who">{identity?.fullName}</span>
        {/* No return to this page: the next person to sign in may be someone else. */}
        <button type="button" onClick={() => void signOut({}, undefined, false)}>
          Sign out
        </button>
      </header>
      <main>
        <Notices />
        {children}
      </main>
    </>
  );
};

export const Loading = () => <output>Loading…</output>;

export const NotFound = () => (
  <>
    <PageTitle text="Not found" />
    <p>
      This page does not exist. <a href="#/users">Show all users</a>
    </p>
  </>
);

export const Failure = () => (
  <main>
    <PageTitle text="Something went wrong" />
    <p>Reload the page and sign in again.</p>
  </main>
);
