import { ListBase, useListContext } from "ra-core";
import { pageSizes } from "./cursor-pages.ts";
import type { AdminUser } from "./data-provider.ts";
import { Loading } from "./layout.tsx";
import { InviteUser } from "./invitation.tsx";
import { LoadFailure } from "./load-failure.tsx";
import { PageTitle } from "./page-title.tsx";
import { SelectionBar } from "./selection-bar.tsx";
import { UserSearch } from "./user-search.tsx";
import { UserTable } from "./user-table.tsx";

const Results = () => {
  const { data, error, isPending, hasNextPage, filterValues, refetch } = useListContext<AdminUser>();
  if (isPending) return <Loading />;
  const isSearch = Object.keys(filterValues).length > 0;
  const none = hasNextPage
    ? "No people match so far. The next page continues the search."
    : isSearch
      ? "No people match this search."
      : "There are no people yet.";
  return (
    <>
      {error && <LoadFailure what="The list" error={error} retry={refetch} />}
      {data?.length === 0 && <output>{none}</output>}
      {data && data.length > 0 && (
        <>
          <SelectionBar />
          <UserTable />
        </>
      )}
    </>
  );
};

const format = new Intl.NumberFormat();

const totalOf = ({ data = [], page, perPage, hasNextPage, meta }: ReturnType<typeof useListContext>) => {
  const seen = (page - 1) * perPage + data.length;
  if (page === 1 && !hasNextPage) return seen === 1 ? "1 person" : `${format.format(seen)} people`;
  const total: number = meta?.total ?? 0;
  return total > seen ? `About ${format.format(total)} people` : "";
};

const Pages = () => {
  const list = useListContext();
  const { page, perPage, setPage, setPerPage, hasPreviousPage, hasNextPage } = list;
  return (
    <nav aria-label="Pages" className="bar">
      <button type="button" disabled={!hasPreviousPage} onClick={() => setPage(page - 1)}>
        Previous page
      </button>
      <output>Page {page}</output>
      <button type="button" disabled={!hasNextPage} onClick={() => setPage(page + 1)}>
        Next page
      </button>
      <output className="hint">{totalOf(list)}</output>
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

// The list shows its own failures. ra-core would also notice them.
const queryOptions = { onError: () => undefined };

export const UserList = () => (
  <ListBase perPage={pageSizes[0]} sort={{ field: "created", order: "DESC" }} queryOptions={queryOptions}>
    <div className="bar title">
      <PageTitle text="Users" />
      <InviteUser />
    </div>
    <UserSearch />
    <Results />
    <Pages />
  </ListBase>
);
