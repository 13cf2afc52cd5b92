import { ListBase, useListContext } from "ra-core";
import { pageSizes } from "./cursor-pages.ts";
import type { AdminUser } from "./data-provider.ts";
import { Loading } from "./layout.tsx";
import { InviteUser } from "./invitation.tsx";
import { PageTitle } from "./page-title.tsx";
import { StateBadge } from "./state-badge.tsx";
import { Time } from "./time.tsx";
import { UserSearch } from "./user-search.tsx";

const Row = ({ user }: { user: AdminUser }) => (
  <tr>
    <td>
      <a href={`#/users/${encodeURIComponent(user.id)}`}>{user.email}</a>
    </td>
    <td className="wide">{user.username}</td>
    <td>
      <StateBadge user={user} />
    </td>
    <td className="wide">
      <Time at={user.created} />
    </td>
  </tr>
);

const Table = () => {
  const { data, error, isPending, isFetching, filterValues } = useListContext<AdminUser>();
  if (isPending) return <Loading />;
  if (error || !data) return <p>The list could not be loaded.</p>;
  if (data.length === 0) return <output>No users found.</output>;
  return (
    <table aria-busy={isFetching}>
      <caption>{filterValues["email"] ? "Sorted by email address" : "Newest first"}</caption>
      <thead>
        <tr>
          <th scope="col">Email</th>
          <th scope="col" className="wide">
            Username
          </th>
          <th scope="col">State</th>
          <th scope="col" className="wide">
            Created
          </th>
        </tr>
      </thead>
      <tbody>
        {data.map((user) => (
          <Row key={user.id} user={user} />
        ))}
      </tbody>
    </table>
  );
};

const Pages = () => {
  const { page, perPage, setPage, setPerPage, hasPreviousPage, hasNextPage } = useListContext();
  return (
    <nav aria-label="Pages" className="bar">
      <button type="button" disabled={!hasPreviousPage} onClick={() => setPage(page - 1)}>
        Previous page
      </button>
      <output>Page {page}</output>
      <button type="button" disabled={!hasNextPage} onClick={() => setPage(page + 1)}>
        Next page
      </button>
      <label className="inline">
        Per page
        <select value={perPage} onChange={({ target }) => setPerPage(Number(target.value))}>
          {pageSizes.map((size) => (
            <option key={size}>{size}</option>
          ))}
        </select>
      </label>
    </nav>
  );
};

export const UserList = () => (
  <ListBase perPage={pageSizes[0]} sort={{ field: "created", order: "DESC" }}>
    <PageTitle text="Users" />
    <UserSearch />
    <InviteUser />
    <Table />
    <Pages />
  </ListBase>
);
